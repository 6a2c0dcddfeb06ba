import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { makeAdoptZoneData } from '../../lib/app/adopt-zone-data.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { makeChangeJob } from '../../lib/app/change-job.ts';
import { makeCreateJob, makeCreateJobs } from '../../lib/app/create-jobs.ts';
import { makeDeleteJob } from '../../lib/app/delete-job.ts';
import { makeDeliver } from '../../lib/app/deliver.ts';
import { makeDispatch } from '../../lib/app/dispatch.ts';
import { makeDispatchSoon } from '../../lib/app/dispatch-soon.ts';
import { makeReconcile } from '../../lib/app/reconcile.ts';
import { makeRotatePartitions } from '../../lib/app/rotate-partitions.ts';
import { makeRunTick } from '../../lib/app/run-tick.ts';
import { makeRunWorker } from '../../lib/app/worker/run-worker.ts';
import type { WorkerDeps } from '../../lib/app/worker/worker-deps.ts';
import type { Pool } from '../../lib/db/pool.ts';
import { makeCallTarget } from '../../lib/outgoing/call-target.ts';
import { createTargetAgent } from '../../lib/outgoing/target-agent.ts';
import type { FunctionLogger } from '../../lib/logger.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { makePublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { timings } from '../../lib/topology.ts';
import { createBelfryDatabase } from './belfry-database.ts';
import { makeTestDataKeys } from './key-rings.ts';
import { ManualClock } from './manual-clock.ts';
import { loopbackPolicy, noNames } from './outgoing.ts';
import { createTestRedis } from './redis.ts';
import { createTestQueue } from './sqs.ts';

const quiet: FunctionLogger = { info: () => {}, warn: () => {}, error: () => {}, startInvocation: () => {} };

export const RETENTION_DAYS = 30;

export const testSettings = {
  ...timings,
  jobsPerWakeUp: 100,
  schedulesPerBatch: 1_000,
  occurrencesPerSchedule: 20,
  executionsPerBatch: 1_000,
  maxOverdueWakeUps: 20,
  maxInFlight: 100,
  maxFanOut: 20,
  // Nothing waits where time stands still; the tests of it set their own.
  recordingGraceMs: 0,
};

export type Parts = Omit<WorkerDeps, 'settings' | 'logger'> & {
  settings: Record<keyof typeof testSettings, number>;
  logger: FunctionLogger;
};
export type Belfry = Awaited<ReturnType<typeof createBelfry>>;

/** All use cases over the given parts, as the functions compose them. A test replaces a part to break it. */
export function compose(parts: Parts) {
  const dispatch = makeDispatch(parts);
  const dispatchSoon = makeDispatchSoon({ ...parts, dispatch });
  const deps = { ...parts, dispatch, dispatchSoon, deliver: makeDeliver(parts) };
  return {
    createJob: makeCreateJob(deps),
    createJobs: makeCreateJobs(deps),
    changeJob: makeChangeJob(deps),
    deleteJob: makeDeleteJob(deps),
    dispatchSoon: deps.dispatchSoon,
    dispatch,
    runTick: makeRunTick({
      ...deps,
      adoptZoneData: makeAdoptZoneData({ ...parts, version: ZONE_DATA_VERSION }),
      partitions: makeRotatePartitions({ pool: parts.pool, retentionDays: RETENTION_DAYS }),
      reconcile: makeReconcile(parts),
    }),
    runWorker: makeRunWorker(parts),
  };
}

/** A whole Belfry in this process over a database, a Redis and a queue of its own, and a clock that stands still. */
export async function createBelfry(start: string) {
  const clock = new ManualClock(start);
  const database = await createBelfryDatabase({ max: 6 });
  const redis = await createTestRedis();
  const wakeUps = await createTestQueue();
  const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: noNames });
  const dataKeys = makeTestDataKeys();
  const { pool } = database;
  const parts: Parts = {
    pool,
    queue: makeQueue(redis.redis, { tag: redis.tag }),
    publishWakeUps: makePublishWakeUps({
      sqs: wakeUps.client,
      queueUrl: wakeUps.queueUrl,
      clock: systemClock,
      timeoutMs: 5_000,
    }),
    callTarget: makeCallTarget(agent),
    dataKeys,
    clock,
    logger: quiet,
    emitMetrics: () => {},
    newId: randomUUID,
    settings: testSettings,
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
    /** Of the queue's keys. */
    tag: redis.tag,
    /** Wake-ups sent and not yet received, delayed ones too. */
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
      agent.destroy();
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
};

async function listAll(pool: Pool, jobId: number): Promise<StoredExecution[]> {
  const { rows } = await pool.query<StoredExecution>(
    `select id, status, execution_time as "executionTime", due_at as "dueAt", retry_count as "retryCount",
            execution_duration as "executionDuration", error_message as "errorMessage"
       from job_executions where job_id = $1 order by execution_time`,
    [jobId],
  );
  return rows;
}
