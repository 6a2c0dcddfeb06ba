import { makeAdoptZoneData } from '../../lib/app/adopt-zone-data.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { makeDispatch, type DispatchDeps } from '../../lib/app/dispatch.ts';
import { makeReconcile } from '../../lib/app/reconcile.ts';
import { makeRotatePartitions } from '../../lib/app/rotate-partitions.ts';
import { makeRunTick, type TickReport } from '../../lib/app/run-tick.ts';
import type { Pool, Queryable } from '../../lib/db/pool.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { makePublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { functions, timings, wakeUpQueue } from '../../lib/topology.ts';
import type { Stage } from '../../test/support/services.ts';
import { silentLogger } from './silent-logger.ts';

export type Parts = { postgresMs: number; redisMs: number; sqsMs: number; totalMs: number };

/** The scheduler function's tick, put together as functions/scheduler does it, with the time of each part taken. */
export function makeTimedTick(stage: Stage): () => Promise<{ report: TickReport; parts: Parts }> {
  const parts: Parts = { postgresMs: 0, redisMs: 0, sqsMs: 0, totalMs: 0 };
  const timed = <A extends unknown[], R>(part: keyof Parts, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const startedMs = performance.now();
      try {
        return await call(...args);
      } finally {
        parts[part] += performance.now() - startedMs;
      }
    };
  };
  const timedQuery = (db: Queryable): Queryable['query'] => {
    return (statement, values) => timed('postgresMs', () => db.query<never>(statement, values))();
  };
  const pool: Pool = {
    query: timedQuery(stage.pool),
    connect: timed('postgresMs', async () => {
      const connection = await stage.pool.connect();
      return { query: timedQuery(connection), release: connection.release };
    }),
    end: stage.pool.end,
  };
  const queue = makeQueue(stage.redis);
  const settings: DispatchDeps['settings'] = {
    ...timings,
    jobsPerWakeUp: wakeUpQueue.jobsPerWakeUp,
    schedulesPerBatch: 1_000,
    occurrencesPerSchedule: 20,
  };
  const deps = {
    pool,
    queue: {
      ...queue,
      enqueue: timed('redisMs', queue.enqueue),
      findAbsent: timed('redisMs', queue.findAbsent),
      reclaim: timed('redisMs', queue.reclaim),
      overdue: timed('redisMs', queue.overdue),
    },
    publishWakeUps: timed(
      'sqsMs',
      makePublishWakeUps({ sqs: stage.sqs, queueUrl: stage.queueUrl, clock: systemClock, timeoutMs: 15_000 }),
    ),
    clock: systemClock,
    logger: silentLogger,
    settings,
  };
  const reconcileSettings = {
    ...settings,
    recordingGraceMs: timings.recordingGraceMs,
    executionsPerBatch: 1_000,
    maxOverdueWakeUps: functions.worker.maxConcurrency,
  };
  const runTick = makeRunTick({
    ...deps,
    adoptZoneData: makeAdoptZoneData({ ...deps, version: ZONE_DATA_VERSION }),
    dispatch: makeDispatch(deps),
    partitions: makeRotatePartitions({ pool: deps.pool, retentionDays: 30 }),
    reconcile: makeReconcile({ ...deps, settings: reconcileSettings }),
  });

  return async () => {
    Object.assign(parts, { postgresMs: 0, redisMs: 0, sqsMs: 0, totalMs: 0 });
    const runOnce = timed('totalMs', () => runTick({ deadlineMs: Date.now() + 50_000 }));
    const report = await runOnce();
    return { report, parts: { ...parts } };
  };
}
