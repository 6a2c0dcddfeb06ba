import * as z from 'zod';
import type { DatabaseSettings } from './constructs/database.ts';
import type { CallbackTarget } from './constructs/callbacks.ts';
import { stageOf, type StageSettings } from './stages.ts';

const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** The receiver of reports: `topic` creates an SNS topic. */
const callbackTarget = z.string().transform((text, ctx): CallbackTarget => {
  if (text === 'topic') return 'new topic';
  if (TOPIC_ARN.test(text)) return { topicArn: text };
  if (z.url({ protocol: /^https?$/ }).safeParse(text).success) return { url: text };
  ctx.addIssue('must be a URL, the ARN of an SNS topic that is not a FIFO topic, or topic for a new one');
  return z.NEVER;
});

const flag = z.enum(['true', 'false']).transform((word) => word === 'true');

/** The options that `-c NAME=VALUE` changes. All other settings of a stage are in stages.ts. */
const optionsSchema = z.object({
  stage: z.string().default('dev'),
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  redisUrl: z.url({ protocol: /^rediss?$/ }).optional(),
  /** `aurora` is Aurora Serverless v2. It scales down to zero, or has a reader if the stage uses a second zone. */
  database: z.enum(['instance', 'aurora']).optional(),
  cache: z.enum(['nodes', 'serverless']).optional(),
  tick: z.enum(['schedule', 'rule']).optional(),
  hibernate: flag.optional(),
  /** The email address that receives alarms. */
  alarmEmail: z.email().optional(),
  /** Origins, separated by commas. */
  corsOrigins: z.string().optional(),
  /** Networks that jobs may call in addition to public addresses, separated by commas. */
  allowedNetworks: z.string().min(1).optional(),
  allowedPorts: z.string().min(1).optional(),
  /** A URL, the ARN of an SNS topic, or `topic` for a new topic: receives a report of each failed execution. */
  onFailure: callbackTarget.optional(),
  /** The same for the first success after a failure. */
  onRecovery: callbackTarget.optional(),
  firewall: flag.optional(),
  /** `cloudfront` serves the dashboard and the API through CloudFront. */
  dashboard: z.enum(['gateway', 'cloudfront']).optional(),
  tracing: flag.optional(),
});

const optionNames = optionsSchema.keyof().options;

/** Reads a stage from the options. @throws Error that names each invalid option, without values: some hold passwords. */
export function readStage(context: (name: string) => unknown): StageSettings {
  const given = Object.fromEntries(optionNames.map((name) => [name, context(name)]));
  const parsed = optionsSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `-c ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`invalid options: ${problems.join('; ')}`);
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
    callbacks: {
      ...stage.callbacks,
      ...(options.onFailure !== undefined && { onFailure: options.onFailure }),
      ...(options.onRecovery !== undefined && { onRecovery: options.onRecovery }),
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
    dashboard: options.dashboard ?? stage.dashboard,
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

/** Returns the Aurora settings that replace an instance, with the same availability. */
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
