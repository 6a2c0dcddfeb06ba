import * as z from 'zod';
import { sum } from './batches.ts';
import { dayOf, type Keys } from './keys.ts';
import { runPipeline } from './pipeline.ts';
import type { RedisConnection } from './script.ts';

export type QueueStats = {
  /** Due and in nobody's hands, but for retries. */
  ready: number;
  scheduled: number;
  processing: number;
  retrying: number;
  /** Since midnight, UTC. */
  completed: number;
  failed: number;
};

export function makeOverdue(redis: RedisConnection, keys: Keys) {
  /** How many executions are due and in nobody's hands. */
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
  /** Two round trips: whose processing lists there are has to be asked first. */
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

/** Ten times the concurrency an AWS account starts with. */
const MAX_WORKERS = 10_000;

const count = z.int().nonnegative();
const counts = z.array(count);
const counter = z.coerce.number().pipe(count); // a counter that is not there reads null, which is 0
const statsReply = z.tuple([z.array(z.string()), count, count, count, count, counter, counter]);
