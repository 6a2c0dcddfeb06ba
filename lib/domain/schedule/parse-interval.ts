import { InvalidScheduleError } from '../errors.ts';
import { DAY_MS } from '../day.ts';

const SECOND_MS = 1_000;
export const MAX_INTERVAL_MS = 366 * DAY_MS;

const durationForm =
  /^(?=.)(?:(?<days>\d{1,9})d)?(?:(?<hours>\d{1,9})h)?(?:(?<minutes>\d{1,9})m)?(?:(?<seconds>\d{1,9})s)?$/i;

/**
 * Parses a duration such as `1h30m`, from 1 second to 366 days, and returns milliseconds. The notation is the one of Go
 * with days in addition: integers with units, the largest unit first.
 *
 * @throws InvalidScheduleError
 */
export function parseInterval(duration: string): number {
  const parts = durationForm.exec(duration)?.groups;
  if (parts === undefined) {
    throw new InvalidScheduleError(
      'schedule',
      `@every "${duration}" is not a duration; write integers of days, hours, minutes and seconds, as in @every 90s or @every 1h30m`,
    );
  }
  const everyMs = lengthMs(parts);
  if (!isInRange(everyMs)) {
    throw new InvalidScheduleError('schedule', `@every ${duration} is out of range; use 1s to 366d`);
  }
  return everyMs;
}

/** Tells whether a string is a duration in the range of intervals. */
export function isInterval(duration: string): boolean {
  const parts = durationForm.exec(duration)?.groups;
  return parts !== undefined && isInRange(lengthMs(parts));
}

const lengthMs = ({
  days = 0,
  hours = 0,
  minutes = 0,
  seconds = 0,
}: Record<string, string | number>): number =>
  (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * SECOND_MS;

const isInRange = (everyMs: number): boolean => everyMs >= SECOND_MS && everyMs <= MAX_INTERVAL_MS;
