import { countOf, formatMinute, zoneName } from '../../time/format.ts';
import type { Herd } from '../../time/herds.ts';
import { formatDuration } from '../../time/spans.ts';
import { MINUTE_MS } from '../../time/units.ts';

/** A number that was counted up to a limit. */
export type Counted = { count: number; isCapped: boolean };

type Facts = {
  /** The p99 of the last hour. Null if no request was sent in it. */
  p99Ms: number | null;
  /** The same of the last minutes that are counted. */
  recentP99Ms: number | null;
  oldestDueAgeSeconds: number;
};

/** A request that leaves later than this is late: people see a second. */
const LATE_MS = 1_000;
/** Workers take due executions within a few seconds, also after a start. */
const LATE_AGE_SECONDS = 10;

const RECENT_MINUTES = 5;

/** The largest p99 of the last minutes that are counted. Null if no request was sent in them. */
export function recentP99({
  points,
  countedUntil,
}: {
  points: readonly { at: string; latenessMs: { p99: number } | null }[];
  countedUntil: string | null;
}): number | null {
  if (countedUntil === null) return null;
  const fromMs = Date.parse(countedUntil) - RECENT_MINUTES * MINUTE_MS;
  const recent = points.flatMap(({ at, latenessMs }) =>
    latenessMs !== null && Date.parse(at) >= fromMs ? [latenessMs.p99] : [],
  );
  return recent.length === 0 ? null : Math.max(...recent);
}

/** Whether executions run on time, in one sentence. */
export function punctuality({ p99Ms, recentP99Ms, oldestDueAgeSeconds }: Facts): {
  isLate: boolean;
  text: string;
} {
  if (oldestDueAgeSeconds > LATE_AGE_SECONDS) {
    const age = formatDuration(oldestDueAgeSeconds * 1_000);
    return { isLate: true, text: `Late: the oldest due execution has waited ${age}.` };
  }
  if (p99Ms === null) return { isLate: false, text: 'Nothing ran in the last hour.' };
  const isLate = p99Ms > LATE_MS;
  const text = `p99 lateness ${formatDuration(p99Ms)} in the last hour.`;
  // A downtime that is over stays in the hour.
  if (isLate && recentP99Ms !== null && recentP99Ms <= LATE_MS) {
    const recent = `${formatDuration(recentP99Ms)} in the last ${RECENT_MINUTES} minutes`;
    return {
      isLate: false,
      text: `On time again: p99 lateness ${recent}, ${formatDuration(p99Ms)} in the last hour.`,
    };
  }
  return { isLate, text: `${isLate ? 'Late' : 'On time'}: ${text}` };
}

/** Such as `3 jobs are failing.` */
export function failingWords({ count, isCapped }: Counted): string {
  // The count looks at a bounded number of jobs that have failed. Perhaps none of these is active.
  if (count === 0) return isCapped ? 'Some jobs may be failing.' : 'No job is failing.';
  if (isCapped) return `At least ${countOf(count, 'job')} ${count === 1 ? 'is' : 'are'} failing.`;
  return `${countOf(count, 'job')} ${count === 1 ? 'is' : 'are'} failing.`;
}

/** Such as `Next herd at 00:00 UTC, 412 runs.` */
export const herdWords = (herd: Herd | undefined, zone: string): string =>
  herd === undefined
    ? 'No herd in the next 24 hours.'
    : `Next herd at ${formatMinute(herd.atMs, zone)} ${zoneName(new Date(herd.atMs), zone)}, ${countOf(herd.runs, 'run')}.`;
