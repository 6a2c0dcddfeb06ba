/** SQS delays a message by at most 15 minutes. */
const MAX_DELAY_SECONDS = 900;

export type PlannedWakeUps = { delaySeconds: number; count: number };

/** Jobs planned for so far, by the second they are due in; what is due at once counts under NOW. */
export type JobsBySecond = Map<number, number>;
const NOW = 0;

/**
 * How many wake-ups to send, and how long to delay them, so that workers are awake when each of `dueMs` is due.
 *
 * One wake-up stands for up to `jobsPerWakeUp` jobs of one second. `planned` is carried through the batches of one
 * tick, so that a second whose jobs come in several batches is not rounded up once for each. Delays are whole seconds,
 * rounded down: a wake-up arrives `leadMs` to `leadMs + 1,000` before its second begins, or at once when that is
 * nearer. Beyond 15 minutes it arrives early, and the worker finds nothing to do.
 */
export function planWakeUps(
  dueMs: readonly number[],
  planned: JobsBySecond,
  options: { nowMs: number; leadMs: number; jobsPerWakeUp: number },
): PlannedWakeUps[] {
  const before = new Map<number, number>();
  for (const due of dueMs) {
    const second = due - options.leadMs <= options.nowMs ? NOW : Math.floor(due / 1_000);
    const jobs = planned.get(second) ?? 0;
    if (!before.has(second)) before.set(second, jobs);
    planned.set(second, jobs + 1);
  }
  return [...before]
    .sort(([a], [b]) => a - b)
    .map(([second, jobsBefore]) => {
      const count =
        Math.ceil((planned.get(second) ?? 0) / options.jobsPerWakeUp) -
        Math.ceil(jobsBefore / options.jobsPerWakeUp);
      const seconds = Math.floor((second * 1_000 - options.leadMs - options.nowMs) / 1_000);
      return { delaySeconds: Math.min(Math.max(seconds, 0), MAX_DELAY_SECONDS), count };
    })
    .filter((wakeUps) => wakeUps.count > 0);
}
