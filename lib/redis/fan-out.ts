import * as z from 'zod';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

/** The key goes by itself this long after its window, by the server's clock. */
const EXPIRY_MARGIN_MS = 60_000;

export function makeClaimFanOut(redis: RedisConnection, keys: Keys) {
  const claim = makeScript(redis, 'claim-fan-out', z.literal([0, 1]));

  /** True for one caller in a window: it may send further wake-ups. Otherwise every worker would, and they multiply. */
  return async ({ nowMs, windowMs }: { nowMs: number; windowMs: number }): Promise<boolean> =>
    (await claim([keys.fanOut], [nowMs, windowMs, windowMs + EXPIRY_MARGIN_MS])) === 1;
}
