import * as z from 'zod';
import { runBatches, toBatches } from './batches.ts';
import { reachRedis } from './errors.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

/** Requests to the origin wait until the instant, because it asked for that (Retry-After). */
export type HeldBackOrigin = { origin: string; untilMs: number };

/** Maximum number of origins that are held back at once, for all workers. An entry has up to 300 bytes. */
export const MAX_HELD_BACK = 1_000;
/** Longer origins are not shared. A host name has at most 253 characters. */
export const MAX_ORIGIN_LENGTH = 300;

/** How long the keys outlive the last instant, by the server's clock. */
const EXPIRY_MARGIN_MS = 60_000;

export function makeHoldBack(redis: RedisConnection, keys: Keys) {
  const holdBackBatch = makeScript(redis, 'hold-back', z.int());

  /**
   * Holds back the requests to origins. Workers learn of it in their next take. A call may be repeated.
   *
   * @param longestMs no origin is held back for longer.
   * @param version any text that was never used before.
   */
  return async (
    origins: readonly HeldBackOrigin[],
    { nowMs, longestMs, version }: { nowMs: number; longestMs: number; version: string },
  ): Promise<void> => {
    const shared = origins.filter(({ origin }) => origin.length <= MAX_ORIGIN_LENGTH);
    await runBatches(toBatches(shared), (batch) =>
      holdBackBatch(
        [keys.heldBack, keys.heldBackVersion],
        [
          nowMs,
          MAX_HELD_BACK,
          longestMs,
          EXPIRY_MARGIN_MS,
          version,
          ...batch.flatMap(({ origin, untilMs }) => [untilMs, origin]),
        ],
      ),
    );
  };
}

export function makeListHeldBack(redis: RedisConnection, keys: Keys) {
  /** Lists the origins that are held back, at most 1,000. */
  return async (nowMs: number): Promise<HeldBackOrigin[]> => {
    const reply = z
      .array(z.string())
      .parse(await reachRedis(redis.zrangebyscore(keys.heldBack, `(${nowMs}`, '+inf', 'WITHSCORES')));
    return Array.from({ length: reply.length / 2 }, (_, place) => ({
      origin: reply[2 * place] ?? '',
      untilMs: Number(reply[2 * place + 1]),
    }));
  };
}
