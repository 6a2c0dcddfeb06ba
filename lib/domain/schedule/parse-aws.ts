import { InvalidScheduleError } from '../errors.ts';
import { parseAwsCron } from './parse-cron.ts';
import { parseInstant } from './parse-instant.ts';
import { MAX_INTERVAL_MS } from './parse-interval.ts';
import type { Schedule } from './schedule.ts';

export const awsForm = /^(?<form>cron|rate|at)\s*\((?<inner>[^()]*)\)$/i;
const unitMs = new Map([
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

/**
 * Parses the forms of AWS's EventBridge Scheduler: `cron(0 12 * * ? *)`, `rate(5 minutes)`, which counts from the
 * creation of the job like `@every`, and `at(2031-05-01T12:00:00)`, a wall time in `timeZone`. Returns undefined for
 * any other form. Source: the user guide of EventBridge Scheduler, "Schedule types".
 *
 * @throws InvalidScheduleError
 */
export function parseAws(text: string, timeZone: string): Schedule | undefined {
  const parts = awsForm.exec(text)?.groups;
  const inner = parts?.['inner']?.trim();
  if (parts === undefined || inner === undefined) return undefined;
  const form = parts['form']?.toLowerCase();
  if (form === 'rate') return { kind: 'interval', everyMs: parseRate(inner) };
  if (form === 'at') return { kind: 'once', atMs: parseAt(inner, timeZone) };
  return parseAwsCron(inner, timeZone);
}

function parseRate(inner: string): number {
  const [, digits = '', unit = '', plural = ''] = /^(\d{1,9})[ \t]+([a-z]+?)(s?)$/i.exec(inner) ?? [];
  const ms = unitMs.get(unit.toLowerCase());
  const count = Number(digits);
  if (ms === undefined) {
    throw invalid(`"rate(${inner})" is not a rate; write minutes, hours or days, as in rate(5 minutes)`);
  }
  if (count < 1 || count * ms > MAX_INTERVAL_MS) {
    throw invalid(`"rate(${inner})" is out of range; use 1 minute to 366 days`);
  }
  if ((count === 1) === (plural !== '')) {
    throw invalid(
      `"rate(${inner})" is not a rate; write rate(${count} ${unit.toLowerCase()}${count === 1 ? '' : 's'})`,
    );
  }
  return count * ms;
}

function parseAt(inner: string, timeZone: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/i.test(inner)) {
    throw invalid(
      `"at(${inner})" is not a time; write it without an offset, in the form at(YYYY-MM-DDThh:mm:ss), and set timeZone`,
    );
  }
  return parseInstant(inner, timeZone);
}

function invalid(message: string): InvalidScheduleError {
  return new InvalidScheduleError('schedule', message);
}
