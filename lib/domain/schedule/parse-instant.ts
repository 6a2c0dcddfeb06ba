import { InvalidScheduleError } from '../errors.ts';
import { firstReached } from './next-time.ts';
import { DAY_MS } from '../day.ts';

const instantForm =
  /^(?<wall>\d{4}-\d\d-\d\dT\d\d:\d\d)(?:(?<seconds>:\d\d)(?:\.(?<fraction>\d{1,9}))?)?(?<zone>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;
// In ISO 8601, this is a fraction of a minute. Most people read it as a fraction of a second.
const fractionOfMinute = /T\d\d:\d\d\.\d/;

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Parses an ISO 8601 instant in the years 1970 to 9999, and returns epoch milliseconds. Seconds may be left out. Digits
 * after the millisecond are cut off. A time without `Z` or an offset is a wall time in `timeZone`. The rule of
 * schedules applies: a time in a gap is the first instant after the gap, and a time that occurs twice is the first of
 * both.
 *
 * @param timeZone an IANA name. Undefined if an offset is required.
 * @throws InvalidScheduleError
 */
export function parseInstant(text: string, timeZone?: string): number {
  const parts = instantForm.exec(text.toUpperCase())?.groups;
  if (parts === undefined) {
    throw invalid(
      fractionOfMinute.test(text.toUpperCase())
        ? `"${text}" has a fraction but no seconds; write the seconds too, as in 09:00:00.5`
        : `"${text}" is not an instant; write it in the form YYYY-MM-DDThh:mm:ssZ, or with an offset such as +02:00 in place of Z`,
    );
  }
  const wall = `${parts.wall}${parts.seconds ?? ':00'}`;
  const milliseconds = (parts.fraction ?? '').padEnd(3, '0').slice(0, 3);
  const wallMs = Date.parse(`${wall}.${milliseconds}Z`);
  // Date.parse accepts dates that do not exist: 30 February becomes 2 March.
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(wall)) {
    throw invalid(`"${text}" has a date or a time that does not exist; correct it`);
  }
  // This check comes before the conversion, because there is no time zone data for such years.
  if (wallMs < -DAY_MS) throw outOfRange(text);
  const instantMs = toInstant(text, { wallMs, offset: parts.zone, timeZone });
  if (instantMs < 0 || instantMs > LAST_MS) {
    throw outOfRange(text);
  }
  return instantMs;
}

function toInstant(
  text: string,
  { wallMs, offset, timeZone }: { wallMs: number; offset: string | undefined; timeZone: string | undefined },
): number {
  if (offset !== undefined) return Date.parse(new Date(wallMs).toISOString().replace('Z', offset));
  if (timeZone !== undefined) return firstReached(timeZone, wallMs);
  throw invalid(`"${text}" has no time zone; add Z for UTC or an offset such as +02:00`);
}

/** Tells whether a schedule is an instant that needs a time zone, because it has no `Z` and no offset. */
export function isLocalTime(expression: string): boolean {
  const parts = instantForm.exec(expression.trim().toUpperCase())?.groups;
  return parts !== undefined && parts.zone === undefined;
}

const outOfRange = (text: string): InvalidScheduleError =>
  invalid(`"${text}" is out of range; use the years 1970 to 9999`);

function invalid(message: string): InvalidScheduleError {
  return new InvalidScheduleError('schedule', message);
}
