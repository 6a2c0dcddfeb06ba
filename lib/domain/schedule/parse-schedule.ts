import { InvalidScheduleError } from '../errors.ts';
import { boundedCache } from './bounded-cache.ts';
import { parseAws } from './parse-aws.ts';
import { parseCron } from './parse-cron.ts';
import { parseInstant } from './parse-instant.ts';
import { parseInterval } from './parse-interval.ts';
import type { Schedule } from './schedule.ts';
import { findHint } from './schedule-hints.ts';
import { suggestTimeZone } from './suggest-time-zone.ts';
import { isTimeZone, ZONE_DATA_VERSION } from './time-zone.ts';

/** The longest that is of use lists every minute. */
const MAX_LENGTH = 200;

/** One takes about 500 bytes with its key. */
const MAX_COMPILED = 50_000;

const macros = new Map([
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
 * Reads a schedule: a cron of five fields, or six with seconds first; a macro such as `@daily`; `@every 90s`; an ISO 8601
 * instant with `Z` or an offset, or without them as the wall clock's time in `timeZone`;
 * `cron(…)`, `rate(…)` and `at(…)` as AWS has them. Case and the number of blanks do not matter. `timeZone` is an IANA name and must be valid
 * even where it plays no part. A schedule may lie in the past or never come: that is for nextTimeAfter to tell. Throws
 * InvalidScheduleError, with the field `schedule` or `timeZone`.
 */
export function parseSchedule(expression: string, timeZone: string): Schedule {
  if (!isTimeZone(timeZone)) throw unknownTimeZone(timeZone);
  if (expression.length > MAX_LENGTH) {
    throw invalid(`has more than ${MAX_LENGTH} characters; split it into several jobs`);
  }
  if (!/^[ -~\t]*$/.test(expression)) {
    throw invalid(
      'may hold printable ASCII alone; separate fields by blanks or tabs, as in "0 9 * * MON-FRI"',
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

/** Whether a schedule is written as one instant; it may still be a wrong one. */
export const isOneTimeSchedule = (expression: string): boolean => /^\s*(?:\d{4}-|at\s*\()/i.test(expression);

const instantShape = /^\d{4}-/;

const compiled = boundedCache<string, Schedule>(MAX_COMPILED);

/** Returns what parseSchedule returns, from a cache of 50,000 results. The result is shared and must not be changed. */
export function compileSchedule(expression: string, timeZone: string): Schedule {
  // What parses has no line break, so that no two pairs share a key.
  return compiled(`${timeZone}\n${expression}`, () => parseSchedule(expression, timeZone));
}

function macro(text: string): string {
  const expression = macros.get(text.toLowerCase());
  if (expression !== undefined) return expression;
  throw invalid(
    `"${text}" is unknown; there are ${[...macros.keys()].join(', ')} and, with a duration, @every 90s`,
  );
}

function unknownTimeZone(timeZone: string): InvalidScheduleError {
  const meant = suggestTimeZone(timeZone);
  const remedy =
    meant === undefined
      ? 'name one such as "Europe/Berlin" or "UTC", not an offset'
      : `did you mean "${meant}"?`;
  const fault = `"${timeZone}" is no time zone of the IANA database (${ZONE_DATA_VERSION})`;
  return new InvalidScheduleError('timeZone', `${fault}; ${remedy}`);
}

function invalid(message: string): InvalidScheduleError {
  return new InvalidScheduleError('schedule', message);
}
