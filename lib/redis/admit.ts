import * as z from 'zod';
import { makeKeys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

export type RateLimit = {
  /** Sustained rate: 1 to 100,000 requests a second. */
  perSecond: number;
  /** Number of requests that may arrive at once after a pause; at least 1. */
  burst: number;
};

export type Admission = {
  isAdmitted: boolean;
  /** Number of requests that would be admitted now. */
  remaining: number;
  /** How long the request has to wait; 0 if it is admitted. */
  waitMs: number;
  /** How long it takes until the whole burst is available again. */
  resetMs: number;
};

export type Admit = (request: { apiKeyId: number; limit: RateLimit; nowMs: number }) => Promise<Admission>;

/** Redis expires the key by its own clock. This margin keeps the key alive when that clock is up to a second ahead of ours. */
const EXPIRY_MARGIN_MS = 1_000;

const micro = z
  .int()
  .nonnegative()
  .transform((us) => us / 1_000);
const reply = z.tuple([z.literal([0, 1]), z.int().nonnegative(), micro, micro]);

/** Counts a request of an API key and says whether it is within the limit. Losing Redis loses only recent counts. */
export function makeAdmit(redis: RedisConnection, { tag = 'belfry' }: { tag?: string } = {}): Admit {
  const keys = makeKeys(tag);
  const admit = makeScript(redis, 'admit', reply);
  return async ({ apiKeyId, limit, nowMs }) => {
    const intervalUs = Math.round(1_000_000 / limit.perSecond);
    const [isAdmitted, remaining, waitMs, resetMs] = await admit(
      [keys.rate(apiKeyId)],
      [nowMs * 1_000, intervalUs, intervalUs * limit.burst, EXPIRY_MARGIN_MS],
    );
    return { isAdmitted: isAdmitted === 1, remaining, waitMs, resetMs };
  };
}
