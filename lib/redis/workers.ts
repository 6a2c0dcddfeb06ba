import * as z from 'zod';
import { reachRedis } from './errors.ts';
import { BATCH_LIMIT } from './batches.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

/** One reclaim looks at no more workers than this: each costs a round trip. */
const RECLAIM_WORKERS = 100;

export function makeHeartbeat(redis: RedisConnection, keys: Keys) {
  /** Renews the worker's lease. A worker that was retired or reclaimed stays out until it takes again. */
  return async ({ workerId, nowMs, leaseMs }: HeartbeatRequest): Promise<void> => {
    await redis.zadd(keys.workers, 'XX', nowMs + leaseMs, workerId);
  };
}

type HeartbeatRequest = { workerId: string; nowMs: number; leaseMs: number };

export function makeRetire(redis: RedisConnection, keys: Keys) {
  const handBack = makeHandBack(redis, keys);

  /**
   * Ends a worker: what it still holds goes back to the head of ready, in the order it was taken, and counts as due
   * now; release first what is not. Resolves with how many went back.
   */
  return async (workerId: string): Promise<number> => {
    let total = 0;
    for (;;) {
      const moved = await handBack({ workerId, leaseEndedByMs: '+inf', limit: BATCH_LIMIT });
      total += moved;
      if (moved < BATCH_LIMIT) return total;
    }
  };
}

export function makeReclaim(redis: RedisConnection, keys: Keys) {
  const handBack = makeHandBack(redis, keys);

  /**
   * Hands back what vanished workers hold (those whose lease has ended), at most `limit` executions in one call.
   * Resolves with how many; as many as the limit means that there may be more. They count as due now: leases are
   * longer than anybody takes ahead.
   */
  return async ({ nowMs, limit }: { nowMs: number; limit: number }): Promise<number> => {
    const expired = workerIds.parse(
      await reachRedis(redis.zrangebyscore(keys.workers, '-inf', nowMs, 'LIMIT', 0, RECLAIM_WORKERS)),
    );
    let total = 0;
    for (const workerId of expired) {
      // The script looks at the lease again: the worker may have been heard of since.
      let moved: number;
      do {
        const room = Math.min(limit - total, BATCH_LIMIT);
        if (room <= 0) return total;
        moved = await handBack({ workerId, leaseEndedByMs: nowMs, limit: room });
        total += moved;
      } while (moved === BATCH_LIMIT);
    }
    return total;
  };
}

const workerIds = z.array(z.string());

function makeHandBack(redis: RedisConnection, keys: Keys) {
  const handBack = makeScript(redis, 'hand-back', z.int());

  return ({ workerId, leaseEndedByMs, limit }: HandBackRequest) =>
    handBack([keys.processing(workerId), keys.ready, keys.workers], [workerId, leaseEndedByMs, limit]);
}

type HandBackRequest = { workerId: string; leaseEndedByMs: number | '+inf'; limit: number };
