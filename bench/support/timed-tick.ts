import { composeTick } from '../../functions/compose/tick.ts';
import type { TickReport } from '../../lib/app/run-tick.ts';
import type { Pool, Queryable } from '../../lib/db/pool.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { makePublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { defaultSettings } from '../../test/support/default-settings.ts';
import type { Stage } from '../../test/support/services.ts';
import { silentLogger } from '../../test/support/silent-logger.ts';

export type Parts = { postgresMs: number; redisMs: number; sqsMs: number; totalMs: number };

/** Runs the scheduler function's tick, and measures each part. */
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
  const runTick = composeTick({
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
    clock: { ...systemClock, check: async () => {} },
    logger: silentLogger,
    settings: defaultSettings,
    retentionDays: 30,
    auditRetentionDays: 400,
    callbackTargets: { failure: undefined, recovery: undefined },
    ticks: undefined,
  });

  return async () => {
    Object.assign(parts, { postgresMs: 0, redisMs: 0, sqsMs: 0, totalMs: 0 });
    const runOnce = timed('totalMs', () => runTick({ deadlineMs: Date.now() + 50_000 }));
    const report = await runOnce();
    return { report, parts: { ...parts } };
  };
}
