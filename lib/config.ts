import * as z from 'zod';
import { commonSchema, type CommonConfig } from './config/common.ts';
import { corsSchema } from './config/cors.ts';
import { dataKeysSchema, type DataKeysConfig } from './config/data-keys.ts';
import { databaseSchema, directDatabaseSchema } from './config/database.ts';
import { outgoingSchema } from './config/outgoing.ts';
import { rateLimitSchema } from './config/rate-limit.ts';
import { redisSchema } from './config/redis.ts';
import { type Reader, readerOf } from './config/reader.ts';
import { integer, isAnySet, type Env, url } from './config/variables.ts';
import { descriptors, functions, timings } from './topology.ts';

const generalSchema = z
  .object({
    BELFRY_WAKE_UP_QUEUE_URL: url('http', 'https'),
    AWS_ENDPOINT_URL_SQS: url('http', 'https').optional(),
    /** How far past now a tick dispatches. */
    BELFRY_LOOK_AHEAD_SECONDS: integer({ min: 60, max: 900, default: timings.lookAheadMs / 1_000 }),
    /** Worker environments that may run at once. */
    BELFRY_MAX_WORKERS: integer({ min: 1, max: 1_000, default: functions.worker.maxConcurrency }),
    /** Days that ended executions are kept. */
    BELFRY_RETENTION_DAYS: integer({ min: 1, max: 3_650, default: 30 }),
    /** Requests one worker environment has out at once. */
    BELFRY_MAX_IN_FLIGHT: integer(
      { min: 1, max: descriptors.maxInFlight, default: 100 },
      `: each request out takes a descriptor, and Lambda allows ${descriptors.lambda}`,
    ),
  })
  .transform((env) => ({
    wakeUpQueueUrl: env.BELFRY_WAKE_UP_QUEUE_URL,
    sqsEndpoint: env.AWS_ENDPOINT_URL_SQS,
    lookAheadMs: env.BELFRY_LOOK_AHEAD_SECONDS * 1_000,
    maxWorkers: env.BELFRY_MAX_WORKERS,
    retentionDays: env.BELFRY_RETENTION_DAYS,
    maxInFlight: env.BELFRY_MAX_IN_FLIGHT,
  }));

/** The schedule that ticks, which the scheduler may turn off while nothing is due. */
const hibernateSchema = z
  .object({
    BELFRY_HIBERNATE_SCHEDULE: z.string().min(1),
    BELFRY_HIBERNATE_GROUP: z.string().min(1),
  })
  .transform((env) => ({
    hibernate: { scheduleName: env.BELFRY_HIBERNATE_SCHEDULE, groupName: env.BELFRY_HIBERNATE_GROUP },
  }));

/**
 * In Secrets Manager: the admin key as a text, or any other text, in whose place a key is put; and the key ring, or a text
 * too short for one.
 */
const secretsSchema = z
  .object({
    BELFRY_ADMIN_KEY_SECRET_ARN: z.string().min(1),
    BELFRY_DATA_KEYS_SECRET_ARN: z.string().min(1),
  })
  .transform((env) => ({
    adminKeySecretArn: env.BELFRY_ADMIN_KEY_SECRET_ARN,
    dataKeysSecretArn: env.BELFRY_DATA_KEYS_SECRET_ARN,
  }));

export type Hibernate = z.infer<typeof hibernateSchema>['hibernate'];

type DatabasePart = z.infer<ReturnType<typeof databaseSchema>>;

export type Config = CommonConfig &
  DatabasePart &
  z.infer<typeof generalSchema> &
  z.infer<typeof corsSchema> &
  z.infer<typeof outgoingSchema> &
  z.infer<typeof rateLimitSchema> &
  z.infer<ReturnType<typeof redisSchema>> & { hibernate: Hibernate | undefined };

/** Of a function that seals or opens secret headers. */
export type ConfigWithKeys = Config & { dataKeys: DataKeysConfig };

export type MigrateConfig = CommonConfig & DatabasePart & z.infer<typeof secretsSchema>;

/**
 * Reads the settings of a function that serves jobs from its environment.
 *
 * @throws ConfigError
 */
export function readConfig(env: Env): Config {
  const { read, refuse } = readerOf(env);
  return readGeneral(env, read) ?? refuse();
}

/** The same with where the keys of secret headers are, which a function that needs none is not told. */
export function readConfigWithKeys(env: Env): ConfigWithKeys {
  const { read, refuse } = readerOf(env);
  const config = readGeneral(env, read);
  const keys = read(dataKeysSchema(env));
  return config && keys ? { ...config, ...keys } : refuse();
}

function readGeneral(env: Env, read: Reader['read']): Config | undefined {
  const database = read(databaseSchema(env));
  const redis = read(redisSchema(env));
  const general = read(generalSchema);
  const common = read(commonSchema);
  const cors = read(corsSchema);
  const outgoing = read(outgoingSchema);
  const rateLimit = read(rateLimitSchema);
  const hibernate = isAnySet(env, 'BELFRY_HIBERNATE_SCHEDULE', 'BELFRY_HIBERNATE_GROUP')
    ? read(hibernateSchema)
    : { hibernate: undefined };
  if (database && redis && general && common && cors && outgoing && rateLimit && hibernate)
    return { ...common, ...general, ...database, ...redis, ...cors, ...outgoing, ...rateLimit, ...hibernate };
  return undefined;
}

/** The same for the function that migrates, which needs no queue. */
export function readMigrateConfig(env: Env): MigrateConfig {
  const { read, refuse } = readerOf(env);
  const database = read(directDatabaseSchema(env));
  const secrets = read(secretsSchema);
  const common = read(commonSchema);
  return database && secrets && common ? { ...common, ...database, ...secrets } : refuse();
}
