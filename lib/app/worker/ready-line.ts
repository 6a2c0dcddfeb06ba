/** An attempt that has waited for its turn this long begins, even if more than `maxInFlight` are under way. */
const LONGEST_WAIT_MS = 100;

/** Claimed attempts that wait for their turn, in the order of their claims. */
export type ReadyLine<T extends { dueMs: number }> = {
  /** Begins the attempt now if fewer than `maxInFlight` are under way, otherwise once another one has ended. */
  enter: (attempt: T, nowMs: number) => void;
  /** An attempt that had begun has ended: the next one begins. */
  ended: () => void;
  /** When an attempt has waited for its turn long enough. Infinity: none waits. */
  fromMs: () => number;
  /** Begins the attempts that have waited long enough. */
  beginOverdue: (nowMs: number) => void;
};

/**
 * Executions are claimed a little ahead of free slots, so that no slot stays empty during a claim. Usually such an attempt waits for
 * one or two milliseconds. If all hosts stop answering at once, it begins nevertheless: it is claimed, so no other worker can send it.
 */
export function makeReadyLine<T extends { dueMs: number }>({
  maxInFlight,
  begin,
}: {
  maxInFlight: number;
  begin: (attempt: T) => void;
}): ReadyLine<T> {
  const waiting: { attempt: T; untilMs: number }[] = [];
  let underWay = 0;

  const beginOne = (attempt: T): void => {
    underWay += 1;
    begin(attempt);
  };
  const beginNext = (): void => {
    const next = waiting.shift();
    if (next !== undefined) beginOne(next.attempt);
  };
  const fromMs = (): number => waiting[0]?.untilMs ?? Infinity;

  return {
    enter: (attempt, nowMs) => {
      if (underWay < maxInFlight) beginOne(attempt);
      else waiting.push({ attempt, untilMs: Math.max(attempt.dueMs, nowMs) + LONGEST_WAIT_MS });
    },
    ended: () => {
      underWay -= 1;
      if (underWay < maxInFlight) beginNext();
    },
    fromMs,
    beginOverdue: (nowMs) => {
      while (waiting.length > 0 && nowMs >= fromMs()) beginNext();
    },
  };
}
