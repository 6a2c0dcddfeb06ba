import { compileSchedule } from './parse-schedule.ts';
import type { Schedule } from './schedule.ts';

type Given = { schedule: string; timeZone: string };

/**
 * Tells whether two schedules have the same times, so that a job that changes from one to the other keeps its next
 * execution time. Intervals, and instants with an offset, do not depend on the time zone. Crons are compared by their
 * text, so two crons with the same times may count as different.
 */
export function hasSameTimes(a: Given, b: Given): boolean {
  if (a.schedule === b.schedule && a.timeZone === b.timeZone) return true;
  const one = compiled(a);
  const other = compiled(b);
  if (one?.kind === 'interval' && other?.kind === 'interval') return one.everyMs === other.everyMs;
  return one?.kind === 'once' && other?.kind === 'once' && one.atMs === other.atMs;
}

/** Returns undefined for an invalid schedule. The function that computes the next time reports the error. */
function compiled({ schedule, timeZone }: Given): Schedule | undefined {
  try {
    return compileSchedule(schedule, timeZone);
  } catch {
    return undefined;
  }
}
