import { InvalidScheduleError } from '../errors.ts';
import { boundedCache } from '../bounded-cache.ts';
import { parseAws } from './parse-aws.ts';
import { parseCron } from './parse-cron.ts';
import { parseInstant } from './parse-instant.ts';
import { parseInterval } from './parse-interval.ts';
import type { Schedule } from './schedule.ts';
import { findHint } from './schedule-hints.ts';
import { suggestTimeZone } from './suggest-time-zone.ts';
import { isTimeZone, ZONE_DATA_VERSION } from './time-zone.ts';

/** The maximum length of a schedule. The longest useful one lists every minute. */
export const MAX_LENGTH = 200;

/** The number of cached schedules. Each takes about 500 bytes with its key. */
const MAX_COMPILED = 50_000;

export const macros = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
  ['@minutely', '* * * * *'],
  ['@secondly', '* * * * * *'],
]);

/**
 * Parses a schedule in one of these forms:
 *
 * - a cron with five fields, or with six fields if seconds come first
 * - a macro such as `@daily`, or an interval such as `@every 90s`
 * - an ISO 8601 instant with `Z` or an offset, or a wall time in `timeZone` without them
 * - `cron(…)`, `rate(…)` and `at(…)` as in AWS
 *
 * Case and the number of spaces do not matter. `timeZone` is an IANA name, and must be valid even if the schedule does
 * not depend on it. A schedule without a future time is valid here: nextTimeAfter finds that out.
 *
 * @throws InvalidScheduleError with the field `schedule` or `timeZone`.
 */
export function parseSchedule(expression: string, timeZone: string): Schedule {
  if (!isTimeZone(timeZone)) throw unknownTimeZone(timeZone);
  if (expression.length > MAX_LENGTH) {
    throw invalid(`has more than ${MAX_LENGTH} characters; split it into several jobs`);
  }
  if (!/^[ -~\t]*$/.test(expression)) {
    throw invalid(
      'may contain only printable ASCII characters; separate fields by spaces or tabs, as in "0 9 * * MON-FRI"',
    );
  }
  const text = expression.trim();
  if (text === '') throw invalid('is empty; write a cron such as "0 9 * * MON-FRI", or "@every 90s"');
  if (/^@every /i.test(text)) {
    return { kind: 'interval', everyMs: parseInterval(text.slice('@every '.length).trim()) };
  }
  const hint = findHint(text);
  if (hint !== undefined) throw invalid(`"${text}" ${hint}`);
  if (text.startsWith('@')) return parseCron(macro(text), timeZone);
  if (instantShape.test(text)) return { kind: 'once', atMs: parseInstant(text, timeZone) };
  return parseAws(text, timeZone) ?? parseCron(text, timeZone);
}

/** Tells whether a schedule has the form of one instant. It may still be invalid. */
export const isOneTimeSchedule = (expression: string): boolean => /^\s*(?:\d{4}-|at\s*\()/i.test(expression);

const instantShape = /^\d{4}-/;

const compiled = boundedCache<string, Schedule>(MAX_COMPILED);

/**
 * Parses a schedule like parseSchedule, with a cache of 50,000 results. The result is shared and must not be changed.
 */
export function compileSchedule(expression: string, timeZone: string): Schedule {
  // A valid schedule has no line break, so no two pairs have the same key.
  return compiled(`${timeZone}\n${expression}`, () => parseSchedule(expression, timeZone));
}

function macro(text: string): string {
  const expression = macros.get(text.toLowerCase());
  if (expression !== undefined) return expression;
  throw invalid(
    `"${text}" is unknown; use ${[...macros.keys()].join(', ')}, or @every with a duration, as in @every 90s`,
  );
}

function unknownTimeZone(timeZone: string): InvalidScheduleError {
  const meant = suggestTimeZone(timeZone);
  const remedy =
    meant === undefined
      ? 'use a name such as "Europe/Berlin" or "UTC", and not an offset'
      : `did you mean "${meant}"?`;
  const fault = `"${timeZone}" is not a time zone of the IANA database (${ZONE_DATA_VERSION})`;
  return new InvalidScheduleError('timeZone', `${fault}; ${remedy}`);
}

function invalid(message: string): InvalidScheduleError {
  return new InvalidScheduleError('schedule', message);
}
