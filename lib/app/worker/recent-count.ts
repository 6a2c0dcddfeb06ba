export type RecentCount = {
  add: (nowMs: number) => void;
  /** Number of events within the last `spanMs`, plus some from up to twice as long ago. */
  read: (nowMs: number) => number;
};

/** Counts recent events in two spans of time. Its memory is constant at any rate. */
export function makeRecentCount(spanMs: number): RecentCount {
  let startMs = 0;
  let current = 0;
  let before = 0;

  const moveOn = (nowMs: number): void => {
    const passedMs = nowMs - startMs;
    // Also true after the clock was set back: the old counts belong to another time.
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
