import {
  addEvenly,
  addRuns,
  type Budget,
  greatestDivisor,
  type IntervalJobs,
  type LoadWindow,
  MINUTE_MS,
} from './load.ts';

type Phase = Pick<IntervalJobs, 'anyMs' | 'jobs'>;

/**
 * Adds the runs of intervals to the minutes of a window. The runs per minute of an interval repeat after the least common
 * multiple of the interval and a minute. If many jobs have the interval, their runs are added to that pattern first, and then
 * the pattern to the window.
 *
 * @returns false if the budget was too small for some intervals, which are then spread evenly.
 */
export function countIntervals(
  groups: readonly IntervalJobs[],
  window: LoadWindow,
  perMinute: Float64Array,
  budget: Budget,
): boolean {
  let evenly = 0;
  let isExact = true;
  for (const [everyMs, phases] of Map.groupBy(groups, ({ everyMs }) => everyMs)) {
    const minutes = everyMs / greatestDivisor(everyMs, MINUTE_MS);
    const direct = phases.length * Math.ceil((window.untilMs - window.fromMs) / everyMs);
    const byPattern = phases.length * Math.ceil((minutes * MINUTE_MS) / everyMs) + perMinute.length;
    const steps = Math.min(direct, byPattern);
    if (steps > budget.steps) {
      evenly += (phases.reduce((sum, { jobs }) => sum + jobs, 0) * MINUTE_MS) / everyMs;
      isExact = false;
      continue;
    }
    budget.steps -= steps;
    if (direct <= byPattern) addTimes(phases, everyMs, window.fromMs, perMinute);
    else {
      const pattern = new Float64Array(minutes);
      addTimes(phases, everyMs, window.fromMs, pattern);
      for (let minute = 0; minute < perMinute.length; minute += 1) {
        addRuns(perMinute, minute, pattern[minute % minutes] ?? 0);
      }
    }
  }
  if (evenly > 0) addEvenly(perMinute, evenly);
  return isExact;
}

/** Adds each time from `fromMs` on that is within the minutes. */
function addTimes(phases: readonly Phase[], everyMs: number, fromMs: number, perMinute: Float64Array): void {
  const endMs = perMinute.length * MINUTE_MS;
  for (const { anyMs, jobs } of phases) {
    const sinceMs = anyMs - fromMs;
    for (let timeMs = sinceMs - Math.floor(sinceMs / everyMs) * everyMs; timeMs < endMs; timeMs += everyMs) {
      addRuns(perMinute, Math.floor(timeMs / MINUTE_MS), jobs);
    }
  }
}
