export type TokenBucket = {
  /** Takes a token. Milliseconds until there is one, when there is none; undefined when one was taken. */
  take: (nowMs: number) => number | undefined;
};

/** At most `burst` tokens, refilled by `perSecond` a second; full at the start. A clock that is set back refills nothing. */
export function makeTokenBucket({ perSecond, burst }: { perSecond: number; burst: number }): TokenBucket {
  // Thousandths of a token are whole: fractions would add up to a little less.
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
