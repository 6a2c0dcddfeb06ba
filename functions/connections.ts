import { readConfig, type Config } from '../lib/config.ts';
import { createPool, type Pool } from '../lib/db/pool.ts';
import type { Clock } from '../lib/domain/clock.ts';
import { errorField, type FunctionLogger } from '../lib/logger.ts';
import type { EmitMetrics } from '../lib/metrics.ts';
import { makeAdmit, type Admit } from '../lib/redis/admit.ts';
import { makeQueue, type Queue } from '../lib/redis/queue.ts';
import { createSqsClient } from '../lib/sqs/client.ts';
import { makePublishWakeUps, type PublishWakeUps } from '../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../lib/system-clock.ts';
import { databaseAddress } from './database-address.ts';
import { createLogger } from './logger.ts';
import { redisConnection } from './redis-connection.ts';
import { stdoutMetrics } from './stdout-metrics.ts';

export type Connections = {
  config: Config;
  clock: Clock;
  logger: FunctionLogger;
  emitMetrics: EmitMetrics;
  pool: Pool;
  queue: Queue;
  admit: Admit;
  publishWakeUps: PublishWakeUps;
};

/** The clients of one function environment. Each connects when it is first used, and again when it was cut off. */
export function connectFromEnv(
  serviceName: string,
  env: Record<string, string | undefined>,
  options: { databaseConnections: number; statementTimeoutMs: number },
): Connections {
  const config = readConfig(env);
  const logger = createLogger(serviceName, config);
  const onError = (error: Error): void => logger.warn('connection_lost', { error: errorField(error) });
  const sqs = createSqsClient({ region: config.region, endpoint: config.sqsEndpoint });
  const redis = redisConnection(config, {
    onError,
    connectionName: serviceName,
    credentials: sqs.config.credentials,
  });
  return {
    config,
    clock: systemClock,
    logger,
    emitMetrics: stdoutMetrics(config.deployment, systemClock),
    pool: createPool(databaseAddress(config.database, { region: config.region, clock: systemClock }), {
      max: options.databaseConnections,
      statementTimeoutMs: options.statementTimeoutMs,
      onError,
    }),
    queue: makeQueue(redis),
    admit: makeAdmit(redis),
    publishWakeUps: makePublishWakeUps({ sqs, queueUrl: config.wakeUpQueueUrl }),
  };
}
