import { nextTimeAfter } from '../schedule/next-time.ts';
import type { CronSchedule } from '../schedule/schedule.ts';
import { spanAt } from '../schedule/time-zone.ts';
import { type IntervalJobs, MINUTE_MS } from './load.ts';

/** Counts the runs of one job with a cron in a minute. */
export function cronRunsIn(cron: CronSchedule, minuteMs: number): number {
  const { offsetMs, startMs } = spanAt(cron.timeZone, minuteMs);
  const wall = new Date(minuteMs + offsetMs);
  const isShown = cron.hours.includes(wall.getUTCHours()) && cron.minutes.includes(wall.getUTCMinutes());
  // At the end of a gap, times that do not exist run too.
  if (!isShown && startMs !== minuteMs) return 0;
  let runs = 0;
  let timeMs = nextTimeAfter(cron, minuteMs - 1);
  while (timeMs !== undefined && timeMs < minuteMs + MINUTE_MS) {
    runs += 1;
    timeMs = nextTimeAfter(cron, timeMs);
  }
  return runs;
}

/** Counts the runs of one job with an interval in a minute. */
export function intervalRunsIn(
  { everyMs, anyMs }: Pick<IntervalJobs, 'everyMs' | 'anyMs'>,
  minuteMs: number,
): number {
  const upTo = (ms: number): number => Math.ceil((ms - anyMs) / everyMs);
  return upTo(minuteMs + MINUTE_MS) - upTo(minuteMs);
}
