import { InvalidScheduleError } from '../errors.ts';

const instantForm =
  /^(?<wall>\d{4}-\d\d-\d\dT\d\d:\d\d)(?<seconds>:\d\d)?(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * The epoch milliseconds of an ISO 8601 instant of the years 1970 to 9999, with `Z` or an offset. Seconds may be left out;
 * what is finer than a millisecond is cut off. Throws InvalidScheduleError.
 */
export function parseInstant(text: string): number {
  const parts = instantForm.exec(text.toUpperCase())?.groups;
  if (parts === undefined) {
    throw invalid(
      `"${text}" is no instant; write it as in 2026-12-01T09:00:00Z or 2026-12-01T09:00:00+02:00`,
    );
  }
  if (parts.zone === undefined) {
    throw invalid(`"${text}" could be any of many instants; add Z for UTC or an offset such as +02:00`);
  }
  const wall = `${parts.wall}${parts.seconds ?? ':00'}`;
  const wallMs = Date.parse(`${wall}Z`);
  // Date.parse rolls over what does not exist: 30 February becomes 2 March.
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(wall)) {
    throw invalid(`"${text}" names a date or a time that does not exist`);
  }
  const milliseconds = (parts.fraction ?? '').padEnd(3, '0').slice(0, 3);
  const instantMs = Date.parse(`${wall}.${milliseconds}${parts.zone}`);
  if (instantMs < 0 || instantMs > LAST_MS) {
    throw invalid(`"${text}" is out of range; the years 1970 to 9999 are possible`);
  }
  return instantMs;
}

function invalid(message: string): InvalidScheduleError {
  return new InvalidScheduleError('schedule', message);
}
