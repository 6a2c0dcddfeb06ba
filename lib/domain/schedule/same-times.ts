import { compileSchedule } from './parse-schedule.ts';
import type { Schedule } from './schedule.ts';

type Given = { schedule: string; timeZone: string };

/**
 * Whether two schedules name the same times, so that a job which goes from one to the other keeps its next time. An
 * interval and an instant with an offset do not depend on the time zone. Crons are compared by their text: two that only
 * look different may be told to differ.
 */
export function hasSameTimes(a: Given, b: Given): boolean {
  if (a.schedule === b.schedule && a.timeZone === b.timeZone) return true;
  const one = compiled(a);
  const other = compiled(b);
  if (one?.kind === 'interval' && other?.kind === 'interval') return one.everyMs === other.everyMs;
  return one?.kind === 'once' && other?.kind === 'once' && one.atMs === other.atMs;
}

/** Undefined for a schedule that cannot be read: whoever plans the next time says why. */
function compiled({ schedule, timeZone }: Given): Schedule | undefined {
  try {
    return compileSchedule(schedule, timeZone);
  } catch {
    return undefined;
  }
}
