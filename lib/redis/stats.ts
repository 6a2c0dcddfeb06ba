import * as z from 'zod';
import { sum } from './batches.ts';
import { dayOf, type Keys } from './keys.ts';
import { runPipeline } from './pipeline.ts';
import type { RedisConnection } from './script.ts';

export type QueueStats = {
  /** Due executions that no worker holds. */
  ready: number;
  scheduled: number;
  processing: number;
  retrying: number;
  /** Since midnight UTC. */
  completed: number;
  failed: number;
};

export function makeOverdue(redis: RedisConnection, keys: Keys) {
  /** Resolves with the number of due executions that no worker holds. */
  return async (nowMs: number): Promise<number> => {
    const replies = await runPipeline(
      redis
        .pipeline()
        .llen(keys.ready)
        .zcount(keys.scheduled, '-inf', nowMs)
        .zcount(keys.retry, '-inf', nowMs),
    );
    return sum(counts.parse(replies));
  };
}

export function makeStats(redis: RedisConnection, keys: Keys) {
  /** Reads the counts in two round trips, because it has to learn first which workers have processing lists. */
  return async (nowMs: number): Promise<QueueStats> => {
    const day = dayOf(nowMs);
    const [workerIds, ready, overdue, waiting, retrying, completed, failed] = statsReply.parse(
      await runPipeline(
        redis
          .pipeline()
          .zrangebyscore(keys.workers, '-inf', '+inf', 'LIMIT', 0, MAX_WORKERS)
          .llen(keys.ready)
          .zcount(keys.scheduled, '-inf', nowMs)
          .zcard(keys.scheduled)
          .zcard(keys.retry)
          .get(keys.completedCount(day))
          .get(keys.failedCount(day)),
      ),
    );
    const lengths = redis.pipeline();
    for (const workerId of workerIds) lengths.llen(keys.processing(workerId));
    const processing = sum(counts.parse(await runPipeline(lengths)));
    return { ready: ready + overdue, scheduled: waiting - overdue, processing, retrying, completed, failed };
  };
}

/** Ten times the default concurrency limit of an AWS account. */
const MAX_WORKERS = 10_000;

const count = z.int().nonnegative();
const counts = z.array(count);
const counter = z.coerce.number().pipe(count); // a missing counter reads as null, which is coerced to 0
const statsReply = z.tuple([z.array(z.string()), count, count, count, count, counter, counter]);
