import { InvalidScheduleError } from '../domain/errors.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';

/** Undefined when it cannot be read any more, as when its time zone is gone. */
export function readSchedule(job: { schedule: string; timeZone: string }): Schedule | undefined {
  try {
    return compileSchedule(job.schedule, job.timeZone);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return undefined;
    throw error;
  }
}
