import * as z from 'zod';
import { BATCH_LIMIT, runBatches, sum, toBatches } from './batches.ts';
import { reachRedis } from './errors.ts';
import type { Keys } from './keys.ts';
import { readPayloads } from './payloads.ts';
import { makeScript, type RedisConnection } from './script.ts';

export type ParkedEntry = {
  id: number;
  /** It comes by itself then; whole milliseconds. */
  untilMs: number;
  /** The lowest is drawn first. */
  rank: number;
};

/** Nothing is parked for longer. */
export const MAX_PARKED_MS = 3_600_000;
const EXPIRY_MS = 2 * MAX_PARKED_MS;
/** Work is taken ahead, and given back, up to 3.2 s before its instant; clocks differ. */
const NEAR_MS = 10_000;
/** Hosts with something parked that one look brings at most. */
const HOSTS_SHOWN = 100;

export function makePark(redis: RedisConnection, keys: Keys) {
  const parkBatch = makeScript(redis, 'park', z.int());

  /** Puts off what the worker took for a host that has no room. May be repeated. Resolves with how many were parked. */
  return async ({ workerId, nowMs, host, entries }: ParkRequest): Promise<number> => {
    const counts = await runBatches(toBatches(entries), (batch) =>
      parkBatch(
        [
          keys.processing(workerId),
          keys.scheduled,
          keys.parked(host),
          keys.parkedHosts,
          ...batch.map((entry) => keys.payload(entry.id)),
        ],
        [host, nowMs, EXPIRY_MS, ...batch.flatMap((entry) => [entry.id, entry.untilMs, entry.rank])],
      ),
    );
    return sum(counts);
  };
}

type ParkRequest = { workerId: string; nowMs: number; host: string; entries: readonly ParkedEntry[] };

export function makeUnpark(redis: RedisConnection, keys: Keys) {
  const unparkBatch = makeScript(redis, 'unpark', unparkReply);

  /**
   * Puts what is parked for a host into the worker's hands, and renews its lease. `remaining` is how many the host has
   * besides, at most: none left is sure.
   */
  return async ({ workerId, nowMs, host, limit, leaseMs }: UnparkRequest) => {
    const { remaining, ids } = await unparkBatch(
      [keys.parked(host), keys.parkedHosts, keys.scheduled, keys.processing(workerId), keys.workers],
      [host, workerId, nowMs + leaseMs, Math.min(limit, BATCH_LIMIT), nowMs + NEAR_MS],
    );
    const payloads = await readPayloads(redis, keys, ids);
    return { remaining, taken: ids.map((id, index) => ({ id, payload: payloads[index] })) };
  };
}

type UnparkRequest = { workerId: string; nowMs: number; host: string; limit: number; leaseMs: number };

const unparkReply = z.tuple([z.int()], z.int()).transform(([remaining, ...ids]) => ({ remaining, ids }));

export function makeParkedHosts(redis: RedisConnection, keys: Keys) {
  /** Hosts that may have something parked, a hundred at most. */
  return async (nowMs: number): Promise<string[]> =>
    z
      .array(z.string())
      .parse(await reachRedis(redis.zrangebyscore(keys.parkedHosts, nowMs, '+inf', 'LIMIT', 0, HOSTS_SHOWN)));
}
