import * as z from 'zod';
import { BATCH_LIMIT, runBatches, toBatches } from './batches.ts';
import { reachRedis } from './errors.ts';
import type { Keys } from './keys.ts';
import { readPayloads } from './payloads.ts';
import { makeScript, type RedisConnection } from './script.ts';

/** Maximum number of workers in one hand-back script. Each adds two words to a command, which may have 3,999. */
const WORKERS_AT_ONCE = 750;
/** Maximum number of workers that one reclaim looks at: ten times the default concurrency limit of an AWS account. */
const RECLAIM_WORKERS = 10_000;
/** Maximum number of ids that are read from one worker's list. A worker holds fewer. */
const MAX_LISTED = 10_000;

export function makeHeartbeat(redis: RedisConnection, keys: Keys) {
  /** Renews the worker's lease. It has no effect on a worker that was retired or reclaimed, until the worker takes again. */
  return async ({ workerId, nowMs, leaseMs }: HeartbeatRequest): Promise<void> => {
    await reachRedis(redis.zadd(keys.workers, 'XX', nowMs + leaseMs, workerId));
  };
}

type HeartbeatRequest = { workerId: string; nowMs: number; leaseMs: number };

export function makeListInHand(redis: RedisConnection, keys: Keys) {
  /** Lists up to 10,000 executions that the worker holds, without the `except` ones, each with its payload if it exists. */
  return async (workerId: string, { except }: { except: (id: number) => boolean }) => {
    const reply = await reachRedis(redis.lrange(keys.processing(workerId), 0, MAX_LISTED - 1));
    const ids = z
      .array(z.coerce.number())
      .parse(reply)
      .filter((id) => !except(id));
    const batches = await runBatches(toBatches(ids), async (batch) => {
      const payloads = await readPayloads(redis, keys, batch);
      return batch.map((id, place) => ({ id, payload: payloads[place] }));
    });
    return batches.flat();
  };
}

export function makeRetire(redis: RedisConnection, keys: Keys) {
  const handBack = makeHandBack(redis, keys);

  /**
   * Ends a worker. The executions that it still holds go back to the head of ready, in the order in which it took them, and
   * count as due now. Executions that are not due must be released first. Resolves with the number of returned executions.
   */
  return async (workerId: string): Promise<number> => {
    let total = 0;
    for (;;) {
      const moved = await handBack({ workerIds: [workerId], leaseEndedByMs: '+inf', limit: BATCH_LIMIT });
      total += moved;
      if (moved < BATCH_LIMIT) return total;
    }
  };
}

export function makeRetireRange(redis: RedisConnection, keys: Keys) {
  const retire = makeRetire(redis, keys);

  /** Ends all workers with an id in the range. They must have stopped. Resolves with the number of returned executions. */
  return async ({ first, last }: { first: string; last: string }): Promise<number> => {
    const all = workerIds.parse(await reachRedis(redis.zrangebyscore(keys.workers, '-inf', '+inf')));
    let total = 0;
    for (const id of all) if (first <= id && id <= last) total += await retire(id);
    return total;
  };
}

export function makeReclaim(redis: RedisConnection, keys: Keys) {
  const handBack = makeHandBack(redis, keys);

  /**
   * Hands back the executions of workers whose lease has ended: at most `limit` executions of at most 10,000 workers in one
   * call. Resolves with the number of returned executions; if it equals the limit, there may be more. They count as due now,
   * because leases are longer than the time by which workers take executions ahead.
   */
  return async ({ nowMs, limit }: { nowMs: number; limit: number }): Promise<number> => {
    let total = 0;
    for (let seen = 0; seen < RECLAIM_WORKERS && total < limit;) {
      const expired = workerIds.parse(
        await reachRedis(redis.zrangebyscore(keys.workers, '-inf', nowMs, 'LIMIT', 0, WORKERS_AT_ONCE)),
      );
      if (expired.length === 0) break;
      seen += expired.length;
      const room = Math.min(limit - total, BATCH_LIMIT);
      // The script checks each lease again, because a worker may have renewed its lease in the meantime.
      total += await handBack({ workerIds: expired, leaseEndedByMs: nowMs, limit: room });
    }
    return total;
  };
}

const workerIds = z.array(z.string());

function makeHandBack(redis: RedisConnection, keys: Keys) {
  const handBack = makeScript(redis, 'hand-back', z.int());

  return ({ workerIds, leaseEndedByMs, limit }: HandBackRequest) =>
    handBack(
      [keys.ready, keys.workers, ...workerIds.map(keys.processing)],
      [leaseEndedByMs, limit, ...workerIds],
    );
}

type HandBackRequest = { workerIds: readonly string[]; leaseEndedByMs: number | '+inf'; limit: number };
