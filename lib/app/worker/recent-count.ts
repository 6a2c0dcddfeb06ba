export type RecentCount = {
  add: (nowMs: number) => void;
  /** How many were added within the last `spanMs`, and some of those up to twice as long ago. */
  read: (nowMs: number) => number;
};

/** Counts what happened lately, in two spans of time: constant in memory, whatever the rate. */
export function makeRecentCount(spanMs: number): RecentCount {
  let startMs = 0;
  let current = 0;
  let before = 0;

  const moveOn = (nowMs: number): void => {
    const passedMs = nowMs - startMs;
    // Also where the clock was set back: what was counted then is of another time.
    if (passedMs >= 0 && passedMs < spanMs) return;
    before = passedMs >= spanMs && passedMs < 2 * spanMs ? current : 0;
    current = 0;
    startMs = nowMs - (before > 0 ? passedMs % spanMs : 0);
  };

  return {
    add: (nowMs) => {
      moveOn(nowMs);
      current += 1;
    },
    read: (nowMs) => {
      moveOn(nowMs);
      return current + before;
    },
  };
}
