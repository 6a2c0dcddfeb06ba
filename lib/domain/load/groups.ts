import { type CronJobs, type IntervalJobs, MINUTE_MS, type SingleJobs } from './load.ts';
import { cronRunsIn, intervalRunsIn } from './runs-in-minute.ts';

/** What jobs that are due together have in common. */
export type Source = {
  /** Null for jobs that run once, which may differ. */
  schedule: string | null;
  /** Null if it does not matter. */
  timeZone: string | null;
  jobs: number;
  /** Some of the jobs. */
  jobIds: number[];
};

/** Jobs that are due together. */
export type LoadGroup = (CronJobs | IntervalJobs | SingleJobs) & Source;

/** The most runs that a group has in a minute. */
export function peakOf(group: LoadGroup): number {
  if ('cron' in group) return group.jobs * mostRunsOf(group.cron);
  if ('everyMs' in group) return group.jobs * Math.ceil(MINUTE_MS / group.everyMs);
  return group.jobs;
}

/**
 * The most runs of a cron in a minute. The minute at the end of a gap has one more run, for the times in the gap, unless the cron is due
 * at that very second: gaps end at a whole minute.
 */
const mostRunsOf = ({ seconds, followsClock }: CronJobs['cron']): number =>
  seconds.length + (followsClock || seconds.includes(0) ? 0 : 1);

/** Counts the runs of a group in a minute. */
export function runsOf(group: LoadGroup, minuteMs: number): number {
  if ('cron' in group) return group.jobs * cronRunsIn(group.cron, minuteMs);
  if ('everyMs' in group) return group.jobs * intervalRunsIn(group, minuteMs);
  return group.minuteMs === minuteMs ? group.jobs : 0;
}

/** Orders groups: the one with the largest peak first. The order does not depend on when they were read. */
export function compareGroups(one: LoadGroup, other: LoadGroup): number {
  return (
    peakOf(other) - peakOf(one) ||
    compareTexts(one.schedule ?? '', other.schedule ?? '') ||
    compareTexts(one.timeZone ?? '', other.timeZone ?? '') ||
    phaseOf(one) - phaseOf(other)
  );
}

const compareTexts = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

/** Differs for groups that have no other difference. It is the same for all times of an interval. */
function phaseOf(group: LoadGroup): number {
  if ('cron' in group) return 0;
  return 'everyMs' in group ? remainder(group.anyMs, group.everyMs) : group.minuteMs;
}

/** The remainder from 0 on, also for a negative value. */
export const remainder = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor;
