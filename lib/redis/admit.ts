import * as z from 'zod';
import { makeKeys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

export type RateLimit = {
  /** Sustained; 1 to 100,000 requests a second. */
  perSecond: number;
  /** Requests that may come at once after a pause; at least 1. */
  burst: number;
};

export type Admission = {
  isAdmitted: boolean;
  /** Requests that would be admitted now. */
  remaining: number;
  /** 0 when it is admitted. */
  waitMs: number;
  /** Until the whole burst is there again. */
  resetMs: number;
};

export type Admit = (request: { apiKeyId: number; limit: RateLimit; nowMs: number }) => Promise<Admission>;

/** By the server's clock, so that clocks which differ by less do not lose the key too early. */
const EXPIRY_MARGIN_MS = 1_000;

const micro = z
  .int()
  .nonnegative()
  .transform((us) => us / 1_000);
const reply = z.tuple([z.literal([0, 1]), z.int().nonnegative(), micro, micro]);

/** Counts a request of a key, and says whether it keeps to the limit. Nothing is lost with Redis but a moment's count. */
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
