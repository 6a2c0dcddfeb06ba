import * as z from 'zod';
import { BATCH_LIMIT, runBatches, toBatches } from './batches.ts';
import { reachRedis } from './errors.ts';
import type { Keys } from './keys.ts';
import { readPayloads } from './payloads.ts';
import { makeScript, type RedisConnection } from './script.ts';

/** Workers that one script hands back from: each adds two words to a command, which may have 3,999. */
const WORKERS_AT_ONCE = 750;
/** Workers that one reclaim looks at: ten times the concurrency an AWS account starts with. */
const RECLAIM_WORKERS = 10_000;
/** Ids of one worker that are looked at; it holds fewer. */
const MAX_LISTED = 10_000;

export function makeHeartbeat(redis: RedisConnection, keys: Keys) {
  /** Renews the worker's lease. A worker that was retired or reclaimed stays out until it takes again. */
  return async ({ workerId, nowMs, leaseMs }: HeartbeatRequest): Promise<void> => {
    await redis.zadd(keys.workers, 'XX', nowMs + leaseMs, workerId);
  };
}

type HeartbeatRequest = { workerId: string; nowMs: number; leaseMs: number };

export function makeListInHand(redis: RedisConnection, keys: Keys) {
  /** What the worker has in its list, without what it knows of, each with its payload if there is one; 10,000 at most. */
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
   * Ends a worker: what it still holds goes back to the head of ready, in the order it was taken, and counts as due
   * now; release first what is not. Resolves with how many went back.
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

  /** Ends all workers whose ids are in the range: they are known to be gone. Resolves with how many executions went back. */
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
   * Hands back what vanished workers hold (those whose lease has ended), at most `limit` executions in one call, of at most
   * 10,000 workers. Resolves with how many; as many as the limit means that there may be more. They count as due now: leases
   * are longer than anybody takes ahead.
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
      // The script looks at each lease again: a worker may have been heard of since.
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
