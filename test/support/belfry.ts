import { GetQueueAttributesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { composeCallTarget } from '../../functions/compose/call-target.ts';
import type { ApiParts } from '../../functions/compose/api.ts';
import { composeJobUseCases } from '../../functions/compose/job-use-cases.ts';
import { composeTick, type TickParts } from '../../functions/compose/tick.ts';
import { composeWorker, type WorkerParts } from '../../functions/compose/worker.ts';
import { ensureSigningKey } from '../../lib/app/signing-keys/create-signing-key.ts';
import type { Pool } from '../../lib/db/pool.ts';
import { makeAdmit } from '../../lib/redis/admit.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { makeMakePublishRequest } from '../../lib/sns/publish-request.ts';
import { makeAskQueue } from '../../lib/sqs/ask-queue.ts';
import { makePublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { knownCredentials } from '../../local/services/sqs.ts';
import { createBelfryDatabase } from './belfry-database.ts';
import { defaultSettings } from './default-settings.ts';
import { makeTestDataKeys } from './key-rings.ts';
import { ManualClock } from './manual-clock.ts';
import { loopbackPolicy, noNames } from './outgoing.ts';
import { createTestRedis } from './redis.ts';
import { silentLogger } from './silent-logger.ts';
import { createTestQueue } from './sqs.ts';

export const RETENTION_DAYS = 30;

/** Without waits, because time stands still in tests. Tests of waits set their own. */
const testSettings = { ...defaultSettings, recordingGraceMs: 0, gatherOutcomesMs: 0 };

export type Parts = ApiParts & TickParts & WorkerParts;
export type Belfry = Awaited<ReturnType<typeof createBelfry>>;

/** All use cases over the given parts, by the compositions that deploy. A test replaces a part to break it. */
export const compose = (parts: Parts) => ({
  ...composeJobUseCases(parts),
  runTick: composeTick(parts),
  runWorker: composeWorker(parts),
});

/** A whole Belfry in this process, with its own database, Redis and queue, and a manual clock. */
export async function createBelfry(start: string) {
  const clock = new ManualClock(start);
  const database = await createBelfryDatabase({ max: 6 });
  const redis = await createTestRedis();
  const wakeUps = await createTestQueue();
  const calling = composeCallTarget({ policy: loopbackPolicy, clock, resolveName: noNames });
  const dataKeys = makeTestDataKeys();
  const { pool } = database;
  await ensureSigningKey({ pool, dataKeys, clock });
  const parts: Parts = {
    pool,
    queue: makeQueue(redis.redis, { tag: redis.tag }),
    admit: makeAdmit(redis.redis, { tag: redis.tag }),
    askQueue: makeAskQueue({ sqs: wakeUps.client, queueUrl: wakeUps.queueUrl }),
    publishWakeUps: makePublishWakeUps({
      sqs: wakeUps.client,
      queueUrl: wakeUps.queueUrl,
      clock: systemClock,
      timeoutMs: 5_000,
    }),
    callTarget: calling.callTarget,
    makePublishRequest: makeMakePublishRequest({
      credentials: async () => knownCredentials,
      endpoint: undefined,
    }),
    dataKeys,
    clock,
    logger: silentLogger,
    emitMetrics: () => {},
    environmentId: undefined,
    callbackTargets: { failure: undefined, recovery: undefined },
    settings: testSettings,
    retentionDays: RETENTION_DAYS,
    auditRetentionDays: 400,
    ticks: undefined,
    // Far above what a test sends.
    rateLimit: { perSecond: 10_000, burst: 10_000 },
    corsOrigins: undefined,
    deployment: undefined,
    outgoing: loopbackPolicy,
  };
  return {
    ...parts,
    ...compose(parts),
    parts,
    clock,
    databaseUrl: database.url,
    dataKeys,
    redis: redis.redis,
    redisUrl: redis.url,
    /** The hash tag of the queue's keys. */
    tag: redis.tag,
    /** Wake-ups that were sent and not yet received, including delayed ones. */
    countWakeUps: async (): Promise<number> => {
      const { Attributes = {} } = await wakeUps.client.send(
        new GetQueueAttributesCommand({ QueueUrl: wakeUps.queueUrl, AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesDelayed)
      );
    },
    purgeWakeUps: () => wakeUps.client.send(new PurgeQueueCommand({ QueueUrl: wakeUps.queueUrl })),
    executions: (jobId: number) => listAll(pool, jobId),
    inMs: (ms: number) => ({ deadlineMs: clock.nowMs() + ms }),
    close: async () => {
      calling.closeConnections();
      await wakeUps.close();
      await redis.close();
      await database.drop();
    },
  };
}

export type StoredExecution = {
  id: number;
  status: string;
  executionTime: Date;
  dueAt: Date;
  retryCount: number;
  executionDuration: number | null;
  errorMessage: string | null;
  reason: string | null;
  statusCode: number | null;
  putOffCount: number;
};

async function listAll(pool: Pool, jobId: number): Promise<StoredExecution[]> {
  const { rows } = await pool.query<StoredExecution>(
    `select id, status, execution_time as "executionTime", due_at as "dueAt", retry_count as "retryCount",
            execution_duration as "executionDuration", error_message as "errorMessage", reason, status_code as "statusCode",
            put_off_count as "putOffCount"
       from job_executions where job_id = $1 order by execution_time`,
    [jobId],
  );
  return rows;
}
