import * as z from 'zod';
import { commonSchema, type CommonConfig } from './config/common.ts';
import { corsSchema } from './config/cors.ts';
import { dataKeysSchema, type DataKeysConfig } from './config/data-keys.ts';
import { databaseSchema, directDatabaseSchema } from './config/database.ts';
import { outgoingSchema } from './config/outgoing.ts';
import { callbacksSchema } from './config/callbacks.ts';
import { rateLimitSchema } from './config/rate-limit.ts';
import { redisSchema } from './config/redis.ts';
import { type Reader, readerOf } from './config/reader.ts';
import { integer, isAnySet, type Env, url, variableFacts } from './config/variables.ts';
import { descriptors, functions, timings } from './topology.ts';

export const generalSchema = z
  .object({
    BELFRY_WAKE_UP_QUEUE_URL: url('http', 'https').register(variableFacts, {
      does: 'The SQS queue of wake-ups.',
      usedBy: ['functions'],
      values: '`https://…`',
      onAws: 'the stack',
    }),
    AWS_ENDPOINT_URL_SQS: url('http', 'https')
      .optional()
      .register(variableFacts, {
        does: 'The endpoint of SQS, for an emulator.',
        usedBy: ['functions'],
        values: '`http://…`, `https://…`',
        default: "AWS's own",
      }),
    BELFRY_LOOK_AHEAD_SECONDS: integer({
      min: 60,
      max: 900,
      default: timings.lookAheadMs / 1_000,
      does: 'How far ahead a tick dispatches, in seconds. The API also dispatches jobs that come due within it.',
      usedBy: ['api', 'scheduler', 'declared-jobs'],
    }),
    BELFRY_MAX_WORKERS: integer({
      min: 1,
      max: 1_000,
      default: functions.worker.maxConcurrency,
      does: 'The worker environments that may run at once. It limits how many wake-ups a tick or a worker sends for overdue work.',
      usedBy: ['scheduler', 'worker'],
      onAws: '`workers.maxConcurrency`',
    }),
    BELFRY_RETENTION_DAYS: integer({
      min: 1,
      max: 3_650,
      default: 30,
      does: 'The days for which ended executions are kept. Older days are dropped.',
      usedBy: ['scheduler'],
      onAws: '`retentionDays`',
    }),
    BELFRY_AUDIT_RETENTION_DAYS: integer({
      min: 1,
      max: 3_650,
      default: 400,
      does: 'The days for which entries of the audit log, and API keys that have expired or were revoked, are kept.',
      usedBy: ['scheduler'],
      onAws: '`auditRetentionDays`',
    }),
    BELFRY_MAX_IN_FLIGHT: integer({
      min: 1,
      max: descriptors.maxInFlight,
      default: 100,
      reason: `: each request out takes a descriptor, and Lambda allows ${descriptors.lambda}`,
      does: 'The requests that one worker environment has open at the same time.',
      usedBy: ['worker'],
      onAws: '`workers.maxInFlight`',
    }),
    BELFRY_MAX_RETRY_AFTER_SECONDS: integer({
      min: 0,
      max: 86_400,
      default: 3_600,
      does: 'The longest pause, in seconds, that a target may ask for with `Retry-After`. A longer one counts as this. 0 ignores the header.',
      usedBy: ['worker'],
    }),
  })
  .transform((env) => ({
    wakeUpQueueUrl: env.BELFRY_WAKE_UP_QUEUE_URL,
    sqsEndpoint: env.AWS_ENDPOINT_URL_SQS,
    lookAheadMs: env.BELFRY_LOOK_AHEAD_SECONDS * 1_000,
    maxWorkers: env.BELFRY_MAX_WORKERS,
    retentionDays: env.BELFRY_RETENTION_DAYS,
    auditRetentionDays: env.BELFRY_AUDIT_RETENTION_DAYS,
    maxInFlight: env.BELFRY_MAX_IN_FLIGHT,
    maxRetryAfterMs: env.BELFRY_MAX_RETRY_AFTER_SECONDS * 1_000,
  }));

/** The schedule of the minute tick. The scheduler turns it off while no schedule is due. */
export const hibernateSchema = z
  .object({
    BELFRY_HIBERNATE_SCHEDULE: z
      .string()
      .min(1)
      .register(variableFacts, {
        does: 'The EventBridge schedule of the minute tick, which hibernation turns off and on. Without it there is no hibernation.',
        usedBy: ['api', 'scheduler', 'declared-jobs'],
        values: 'a name',
        default: 'none',
        onAws: '`-c hibernate`, `tick.hibernates`',
      }),
    BELFRY_HIBERNATE_GROUP: z
      .string()
      .min(1)
      .register(variableFacts, {
        does: 'The schedule group of BELFRY_HIBERNATE_SCHEDULE, and of the one-time schedules that end a sleep.',
        usedBy: ['api', 'scheduler', 'declared-jobs'],
        values: 'a name',
        default: 'none',
        onAws: '`-c hibernate`, `tick.hibernates`',
      }),
  })
  .transform((env) => ({
    hibernate: { scheduleName: env.BELFRY_HIBERNATE_SCHEDULE, groupName: env.BELFRY_HIBERNATE_GROUP },
  }));

/** The secrets that a deploy fills. */
export const deploySecretsSchema = z
  .object({
    BELFRY_ADMIN_KEY_SECRET_ARN: z
      .string()
      .min(1)
      .register(variableFacts, {
        does: 'The secret in Secrets Manager that holds the admin key. Any other string in it is replaced by a new key.',
        usedBy: ['migrate'],
        values: 'an ARN',
        onAws: 'the stack',
      }),
    /** The key ring of secret headers. A string too short for a ring is replaced by a new ring. */
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
  z.infer<typeof callbacksSchema> &
  z.infer<ReturnType<typeof redisSchema>> & { hibernate: Hibernate | undefined };

/** The configuration of a function that seals or opens secret headers. */
export type ConfigWithKeys = Config & { dataKeys: DataKeysConfig };

export type MigrateConfig = CommonConfig & DatabasePart & z.infer<typeof deploySecretsSchema>;

/**
 * Reads the settings of a function that serves jobs from its environment variables.
 *
 * @throws ConfigError
 */
export function readConfig(env: Env): Config {
  const { read, refuse } = readerOf(env);
  return readGeneral(env, read) ?? refuse();
}

/** Reads the same settings and the place of the keys of secret headers, for the functions that need these keys. */
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
  const callbacks = read(callbacksSchema);
  const hibernate = isAnySet(env, 'BELFRY_HIBERNATE_SCHEDULE', 'BELFRY_HIBERNATE_GROUP')
    ? read(hibernateSchema)
    : { hibernate: undefined };
  if (database && redis && general && common && cors && outgoing && rateLimit && callbacks && hibernate)
    return {
      ...common,
      ...general,
      ...database,
      ...redis,
      ...cors,
      ...outgoing,
      ...rateLimit,
      ...callbacks,
      ...hibernate,
    };
  return undefined;
}

/** Reads the settings of the migrate function, which needs no queue. */
export function readMigrateConfig(env: Env): MigrateConfig {
  const { read, refuse } = readerOf(env);
  const database = read(directDatabaseSchema(env));
  const secrets = read(deploySecretsSchema);
  const common = read(commonSchema);
  return database && secrets && common ? { ...common, ...database, ...secrets } : refuse();
}
