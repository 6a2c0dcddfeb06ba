import * as z from 'zod';
import { toBatches } from './batches.ts';
import type { Keys } from './keys.ts';
import { runPipeline } from './pipeline.ts';
import type { RedisConnection } from './script.ts';

export type WaitingId = { id: number; dueMs: number };

/** The executions in each part of the queue. */
export type Places = {
  ready: number[];
  scheduled: WaitingId[];
  retry: WaitingId[];
  processing: { workerId: string; leaseEndMs: number; ids: number[] }[];
  /** False if a part holds more than `limit` entries. */
  isComplete: boolean;
};

/** Reads the contents of the queue with plain commands and changes nothing. The audit uses it. */
export function makeReadPlaces(redis: RedisConnection, keys: Keys) {
  /** @param limit maximum number of entries of each part, and of workers. */
  return async ({ limit }: { limit: number }): Promise<Places> => {
    const [ready, scheduled, retry, workers] = partsReply.parse(
      await runPipeline(
        redis
          .pipeline()
          .lrange(keys.ready, 0, limit)
          .zrange(keys.scheduled, 0, String(limit), 'WITHSCORES')
          .zrange(keys.retry, 0, String(limit), 'WITHSCORES')
          .zrange(keys.workers, 0, String(limit), 'WITHSCORES'),
      ),
    );
    const lists = redis.pipeline();
    for (const [workerId] of workers) lists.lrange(keys.processing(workerId), 0, limit);
    const held = z.array(ids).parse(await runPipeline(lists));
    const processing = workers.map(([workerId, leaseEndMs], index) => ({
      workerId,
      leaseEndMs,
      ids: held[index] ?? [],
    }));
    const toWaiting = ([id, dueMs]: [string, number]): WaitingId => ({ id: Number(id), dueMs });
    return {
      ready,
      scheduled: scheduled.map(toWaiting),
      retry: retry.map(toWaiting),
      processing,
      isComplete: [ready, scheduled, retry, workers, ...held].every((part) => part.length <= limit),
    };
  };
}

export function makeReadUnknown(redis: RedisConnection, keys: Keys) {
  /** Returns the ids without a payload. `findAbsent` does the same with a script, which a read-only user may not run. */
  return async (ids: readonly number[]): Promise<number[]> => {
    const unknown: number[] = [];
    for (const batch of toBatches(ids)) {
      const pipeline = redis.pipeline();
      for (const id of batch) pipeline.exists(keys.payload(id));
      const replies = z.array(z.int()).parse(await runPipeline(pipeline));
      unknown.push(...batch.filter((_, index) => replies[index] === 0));
    }
    return unknown;
  };
}

const ids = z.array(z.coerce.number());
const pairs = z
  .array(z.string())
  .transform((flat): [string, number][] =>
    flat.flatMap((member, index): [string, number][] =>
      index % 2 === 0 ? [[member, Number(flat[index + 1])]] : [],
    ),
  );
const partsReply = z.tuple([ids, pairs, pairs, pairs]);
