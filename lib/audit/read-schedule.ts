import { InvalidScheduleError } from '../domain/errors.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';

/**
 * Parses the stored schedule of a job. Returns undefined if it is no longer valid, for example if its time zone was
 * removed.
 */
export function readSchedule(job: { schedule: string; timeZone: string }): Schedule | undefined {
  try {
    return compileSchedule(job.schedule, job.timeZone);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return undefined;
    throw error;
  }
}
