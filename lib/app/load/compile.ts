import { InvalidScheduleError } from '../../domain/errors.ts';
import { compileSchedule } from '../../domain/schedule/parse-schedule.ts';
import type { Schedule } from '../../domain/schedule/schedule.ts';

/** Compiles a stored schedule. Returns undefined for one that this version cannot read. */
export function compile(schedule: string, timeZone: string): Schedule | undefined {
  try {
    return compileSchedule(schedule, timeZone);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return undefined;
    throw error;
  }
}
