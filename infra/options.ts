import * as z from 'zod';
import type { DatabaseSettings } from './constructs/database.ts';
import { stageOf, type StageSettings } from './stages.ts';

const flag = z.enum(['true', 'false']).transform((word) => word === 'true');

/** What `-c NAME=VALUE` changes of a stage; everything else of it is in stages.ts. */
const optionsSchema = z.object({
  stage: z.string().default('dev'),
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  redisUrl: z.url({ protocol: /^rediss?$/ }).optional(),
  /** Aurora Serverless v2: down to nothing while nothing is due, or, where a stage has a second zone, with a reader in it. */
  database: z.enum(['instance', 'aurora']).optional(),
  cache: z.enum(['nodes', 'serverless']).optional(),
  tick: z.enum(['schedule', 'rule']).optional(),
  hibernate: flag.optional(),
  /** Told of alarms. */
  alarmEmail: z.email().optional(),
  /** Origins, with commas between them. */
  corsOrigins: z.string().optional(),
  /** Networks that jobs may call beside public addresses, with commas between them. */
  allowedNetworks: z.string().min(1).optional(),
  allowedPorts: z.string().min(1).optional(),
  firewall: flag.optional(),
  tracing: flag.optional(),
});

const optionNames = optionsSchema.keyof().options;

/** @throws Error that names each option that is wrong, and shows no value: some hold passwords. */
export function readStage(context: (name: string) => unknown): StageSettings {
  const given = Object.fromEntries(optionNames.map((name) => [name, context(name)]));
  const parsed = optionsSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `-c ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`not valid: ${problems.join('; ')}`);
  }
  const options = parsed.data;
  const stage = stageOf(options.stage, {
    ...(options.databaseUrl !== undefined && { databaseUrl: options.databaseUrl }),
    ...(options.redisUrl !== undefined && { redisUrl: options.redisUrl }),
  });
  return {
    ...stage,
    stores: changeStores(stage.stores, options),
    tick: {
      by: options.tick ?? stage.tick.by,
      hibernates: options.hibernate ?? stage.tick.hibernates,
    },
    outgoing: {
      ...stage.outgoing,
      ...(options.allowedNetworks !== undefined && { networks: options.allowedNetworks }),
      ...(options.allowedPorts !== undefined && { ports: options.allowedPorts }),
    },
    api: {
      ...stage.api,
      ...(options.corsOrigins !== undefined && {
        corsOrigins: options.corsOrigins.split(',').map((origin) => origin.trim()),
      }),
      ...(options.firewall === true && { firewall: { requestsPerFiveMinutes: 10_000 } }),
    },
    monitoring:
      options.alarmEmail === undefined || stage.monitoring === 'none'
        ? stage.monitoring
        : { ...stage.monitoring, tell: { email: options.alarmEmail } },
    isTraced: options.tracing ?? stage.isTraced,
  };
}

type Options = z.infer<typeof optionsSchema>;

function changeStores(
  stores: StageSettings['stores'],
  { database, cache }: Options,
): StageSettings['stores'] {
  if (stores.kind === 'given') return stores;
  return {
    ...stores,
    ...(database === 'aurora' && {
      database: auroraFor(stores.database),
    }),
    ...(cache === 'serverless' && {
      cache: { kind: 'serverless', maxStorageGb: 5, maxEcpuPerSecond: 30_000 },
    }),
  };
}

/** In place of an instance, and as much to be relied on. */
function auroraFor(database: DatabaseSettings): DatabaseSettings {
  const { backupDays, deletionProtection } = database;
  const isMultiAz = database.kind === 'instance' ? database.isMultiAz : database.hasReader;
  return {
    kind: 'aurora',
    backupDays,
    deletionProtection,
    hasReader: isMultiAz,
    ...(isMultiAz ? { minCapacity: 2, maxCapacity: 16 } : { minCapacity: 0, maxCapacity: 8 }),
  };
}
