export type TokenBucket = {
  /** Takes a token and returns undefined. If there is none, it returns the milliseconds until the next one. */
  take: (nowMs: number) => number | undefined;
};

/**
 * Makes a bucket that is full with `burst` tokens, and gets `perSecond` tokens per second. A clock that is set back
 * adds no tokens.
 */
export function makeTokenBucket({ perSecond, burst }: { perSecond: number; burst: number }): TokenBucket {
  // Counts thousandths of a token as integers, because the sum of fractions would be slightly too small.
  let thousandths = burst * 1_000;
  let sinceMs: number | undefined;
  return {
    take: (nowMs) => {
      const passedMs = Math.max(0, nowMs - (sinceMs ?? nowMs));
      thousandths = Math.min(burst * 1_000, thousandths + passedMs * perSecond);
      sinceMs = nowMs;
      if (thousandths < 1_000) return Math.ceil((1_000 - thousandths) / perSecond);
      thousandths -= 1_000;
      return undefined;
    },
  };
}
