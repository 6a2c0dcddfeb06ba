/** SQS delays a message by at most 15 minutes. */
const MAX_DELAY_SECONDS = 900;

export type PlannedWakeUps = { delaySeconds: number; count: number };

/** The number of jobs that have been planned so far, by the second in which they are due. Due jobs count under NOW. */
export type JobsBySecond = Map<number, number>;
const NOW = 0;

/**
 * Plans the number and the delay of wake-ups, so that workers are awake at each due time in `dueMs`.
 *
 * One wake-up is for up to `jobsPerWakeUp` jobs in one second. The batches of one tick share `planned`, so that a
 * second with jobs in several batches is rounded up only once. Delays are full seconds, rounded down: a wake-up arrives
 * `leadMs` to `leadMs + 1,000` before its second begins, or at once if that is nearer. If the second is more than 15
 * minutes away, the wake-up arrives early, and the worker finds no due jobs.
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
