import { mixBits } from './mix-bits.ts';

/**
 * The wait of each retry, which begins at the end of the previous attempt. `jitter` is the largest share by which a wait is
 * shortened.
 */
export type RetryPolicy =
  | { initialMs: number; factor: number; maxMs: number; jitter: number }
  /** One delay per retry. */
  | { delaysSeconds: readonly number[]; jitter: number };

/** 1 s, 2 s, 4 s, 8 s … and at most 5 minutes. */
export const defaultRetryPolicy = { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: 0 } as const;

/** The total of the waits, in milliseconds. The two differ only under jitter. */
export type TotalWait = { minMs: number; maxMs: number };

/** Returns the wait before retry number `retry` (1 is the first), without jitter. */
export function waitMs(policy: RetryPolicy, retry: number): number {
  if ('delaysSeconds' in policy) {
    const { delaysSeconds } = policy;
    return (delaysSeconds[retry - 1] ?? delaysSeconds.at(-1) ?? 0) * 1_000;
  }
  const { initialMs, factor, maxMs } = policy;
  return Math.round(Math.min(initialMs * factor ** (retry - 1), maxMs));
}

/**
 * Returns the wait before retry number `retry` of an execution, in milliseconds. Jitter is derived from the id of the
 * execution and the number of the retry, so that the same retry always has the same wait.
 */
export function jitteredWaitMs(policy: RetryPolicy, retry: number, executionId: number): number {
  const wait = waitMs(policy, retry);
  return Math.floor(wait - wait * policy.jitter * fractionOf(executionId, retry));
}

/** Returns the shortest and the longest total of the waits before `retries` retries. */
export function totalWait(policy: RetryPolicy, retries: number): TotalWait {
  let [minMs, maxMs] = [0, 0];
  for (let retry = 1; retry <= retries; retry += 1) {
    const wait = waitMs(policy, retry);
    minMs += Math.floor(wait - wait * policy.jitter);
    maxMs += wait;
  }
  return { minMs, maxMs };
}

/** The number of retries that the policy itself sets; undefined if only `maxRetryCount` does. */
export function retriesOf(policy: RetryPolicy | null): number | undefined {
  return policy !== null && 'delaysSeconds' in policy ? policy.delaysSeconds.length : undefined;
}

const TWO_TO_32 = 2 ** 32;

/** Returns a number from 0 up to and excluding 1. It looks random, and depends only on the arguments. */
function fractionOf(executionId: number, retry: number): number {
  const low = executionId % TWO_TO_32;
  const high = Math.floor(executionId / TWO_TO_32);
  return mix(mix(mix(low) ^ high) ^ retry) / TWO_TO_32;
}

/** Adds a constant first, so that 0 is mixed, too. */
const mix = (value: number): number => mixBits((value + 0x9e37_79b9) >>> 0);
