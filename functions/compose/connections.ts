import { setTimeout as sleep } from 'node:timers/promises';
import { makeCheckedClock, type CheckedClock } from '../../lib/clock/checked-clock.ts';
import { readConfig, readConfigWithKeys, type Config } from '../../lib/config.ts';
import { createPool, type Pool } from '../../lib/db/pool.ts';
import { readServerTime } from '../../lib/db/server-time.ts';
import { errorField, type FunctionLogger } from '../../lib/logger.ts';
import type { EmitMetrics } from '../../lib/metrics.ts';
import { makeAdmit, type Admit } from '../../lib/redis/admit.ts';
import { makeQueue, type Queue } from '../../lib/redis/queue.ts';
import { type DataKeys, openDataKeys } from '../../lib/secrets/data-keys.ts';
import { makeFetchSecret } from '../../lib/secrets/fetch-secret.ts';
import { makeMakePublishRequest, type MakePublishRequest } from '../../lib/sns/publish-request.ts';
import { type AskQueue, makeAskQueue } from '../../lib/sqs/ask-queue.ts';
import { createSqsClient } from '../../lib/sqs/client.ts';
import { makePublishWakeUps, type PublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { databaseAddress } from './database-address.ts';
import { createLogger } from './logger.ts';
import { redisConnection } from './redis-connection.ts';
import { type Settings, settingsOf } from './settings.ts';
import { stdoutMetrics } from './stdout-metrics.ts';

export type Connections = {
  config: Config;
  settings: Settings;
  /** Corrected by PostgreSQL's time at each `check`. */
  clock: CheckedClock;
  logger: FunctionLogger;
  emitMetrics: EmitMetrics;
  pool: Pool;
  queue: Queue;
  admit: Admit;
  publishWakeUps: PublishWakeUps;
  makePublishRequest: MakePublishRequest;
  askQueue: AskQueue;
};

type Env = Record<string, string | undefined>;
type Options = {
  databaseConnections: number;
  statementTimeoutMs: number;
  /** Timeout for the wake-ups of one batch. */
  publishTimeoutMs: number;
};

/** Creates the clients of one function environment. Each connects at its first use, and again after it was disconnected. */
export function connectFromEnv(serviceName: string, env: Env, options: Options): Connections {
  return connect(serviceName, readConfig(env), options);
}

/** Creates the clients of a function that seals or opens secret headers. */
export function connectWithKeysFromEnv(
  serviceName: string,
  env: Env,
  options: Options,
): Connections & { dataKeys: DataKeys } {
  const config = readConfigWithKeys(env);
  const { region, dataKeys } = config;
  return {
    ...connect(serviceName, config, options),
    dataKeys: openDataKeys(dataKeys, { fetchSecret: makeFetchSecret({ region }), clock: systemClock }),
  };
}

function connect(serviceName: string, config: Config, options: Options): Connections {
  const logger = createLogger(serviceName, config);
  const onError = (error: Error): void => logger.warn('connection_lost', { error: errorField(error) });
  const sqs = createSqsClient({ region: config.region, endpoint: config.sqsEndpoint });
  const redis = redisConnection(config, {
    onError,
    connectionName: serviceName,
    credentials: sqs.config.credentials,
  });
  const pool = createPool(databaseAddress(config.database, { region: config.region, clock: systemClock }), {
    max: options.databaseConnections,
    statementTimeoutMs: options.statementTimeoutMs,
    onError,
  });
  return {
    config,
    settings: settingsOf(config),
    clock: clockBy(pool, logger),
    logger,
    emitMetrics: stdoutMetrics(config.deployment, systemClock),
    pool,
    queue: makeQueue(redis),
    admit: makeAdmit(redis),
    makePublishRequest: makeMakePublishRequest({
      credentials: sqs.config.credentials,
      endpoint: config.snsEndpoint,
    }),
    askQueue: makeAskQueue({ sqs, queueUrl: config.wakeUpQueueUrl }),
    publishWakeUps: makePublishWakeUps({
      sqs,
      queueUrl: config.wakeUpQueueUrl,
      clock: systemClock,
      timeoutMs: options.publishTimeoutMs,
    }),
  };
}

function clockBy(pool: Pool, logger: FunctionLogger): CheckedClock {
  return makeCheckedClock(
    {
      hostMs: Date.now,
      monotonicMs: () => performance.now(),
      referenceMs: () => readServerTime(pool),
      wait: (ms) => sleep(ms, undefined, { ref: false }),
    },
    (byMs) => logger.warn('clock_corrected', { byMs }),
  );
}
