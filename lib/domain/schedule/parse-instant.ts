import { InvalidScheduleError } from '../errors.ts';
import { firstReached } from './next-time.ts';
import { DAY_MS } from '../day.ts';

const instantForm =
  /^(?<wall>\d{4}-\d\d-\d\dT\d\d:\d\d)(?:(?<seconds>:\d\d)(?:\.(?<fraction>\d{1,9}))?)?(?<zone>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;
// ISO 8601 reads this as a fraction of the minute, and most people as one of a second.
const fractionOfMinute = /T\d\d:\d\d\.\d/;

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * The epoch milliseconds of an ISO 8601 instant of the years 1970 to 9999. Seconds may be left out; what is finer than a
 * millisecond is cut off. A time without `Z` or an offset is the wall clock's in `timeZone`, by the rule of schedules: a
 * time that a gap swallows is the first instant after it, one that comes twice is the first of both.
 *
 * @param timeZone an IANA name; undefined where an offset has to be given. @throws InvalidScheduleError
 */
export function parseInstant(text: string, timeZone?: string): number {
  const parts = instantForm.exec(text.toUpperCase())?.groups;
  if (parts === undefined) {
    throw invalid(
      fractionOfMinute.test(text.toUpperCase())
        ? `"${text}" has a fraction and no seconds; write the seconds too, as in 2026-12-01T09:00:00.5Z`
        : `"${text}" is no instant; write it as in 2026-12-01T09:00:00Z or 2026-12-01T09:00:00+02:00`,
    );
  }
  const wall = `${parts.wall}${parts.seconds ?? ':00'}`;
  const milliseconds = (parts.fraction ?? '').padEnd(3, '0').slice(0, 3);
  const wallMs = Date.parse(`${wall}.${milliseconds}Z`);
  // Date.parse rolls over what does not exist: 30 February becomes 2 March.
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(wall)) {
    throw invalid(`"${text}" names a date or a time that does not exist`);
  }
  // Nothing is computed of years that no time zone is known for.
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
  throw invalid(`"${text}" could be any of many instants; add Z for UTC or an offset such as +02:00`);
}

/** Whether a schedule is an instant that needs a time zone: a date and a time without `Z` or an offset. */
export function isLocalTime(expression: string): boolean {
  const parts = instantForm.exec(expression.trim().toUpperCase())?.groups;
  return parts !== undefined && parts.zone === undefined;
}

const outOfRange = (text: string): InvalidScheduleError =>
  invalid(`"${text}" is out of range; the years 1970 to 9999 are possible`);

function invalid(message: string): InvalidScheduleError {
  return new InvalidScheduleError('schedule', message);
}
