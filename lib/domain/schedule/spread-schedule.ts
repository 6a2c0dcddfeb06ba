import { DAY_MS } from '../day.ts';
import { mixBits } from '../mix-bits.ts';
import { findClockNotes } from './clock-notes.ts';
import { cronFields, fieldValue, fieldValues } from './cron-field.ts';
import { awsForm } from './parse-aws.ts';
import { compileSchedule, macros, MAX_LENGTH } from './parse-schedule.ts';
import type { CronSchedule } from './schedule.ts';

export const spreadLimits = { minSeconds: 1, maxSeconds: 3_600 } as const;

export type Spread = {
  schedule: string;
  timeZone: string;
  /** The window after each time of the schedule, 1 to 3,600 s. */
  withinSeconds: number;
  /** Identifies the job. The same job always gets the same time in a window. */
  jobId: number;
  nowMs: number;
};

/** The new schedule and how much later it runs, or why the schedule cannot be spread: a clause that follows its text. */
export type SpreadResult = { schedule: string; offsetSeconds: number } | { fault: string };

/** How far ahead changes of the clock are looked for. */
const CLOCK_CHANGES_MS = 3_660 * DAY_MS;

/**
 * Moves all times of a cron later by the same number of seconds, 1 to `withinSeconds`, within their hours. So its days and hours
 * stay the same. The result has six fields, regardless of the form of the schedule.
 *
 * The offset is never a multiple of a minute, so each new schedule has a second other than 0. A schedule with such a second counts
 * as one that was spread already, and is refused. So a job that is spread again, also by another window, does not move further.
 *
 * @throws InvalidScheduleError when the schedule is invalid.
 */
export function spreadSchedule({ schedule, timeZone, withinSeconds, jobId, nowMs }: Spread): SpreadResult {
  const compiled = compileSchedule(schedule, timeZone);
  if (compiled.kind === 'interval') return { fault: 'is an interval, which has no fixed time' };
  if (compiled.kind === 'once') return { fault: 'is a single instant' };
  const fault = faultOf(compiled, withinSeconds);
  if (fault !== undefined) return { fault };
  const offsetSeconds = offsetOf(jobId, withinSeconds);
  const minutes = compiled.minutes.map((minute) => minute + Math.floor(offsetSeconds / 60));
  const spread = [offsetSeconds % 60, writeMinutes(minutes), ...hoursAndDays(schedule)].join(' ');
  if (spread.length > MAX_LENGTH) return { fault: `would have more than ${MAX_LENGTH} characters` };
  if (changesWithClock(compiled, compileSchedule(spread, timeZone), nowMs)) {
    return { fault: 'follows changes of the clock by its minutes alone, and would no longer do so' };
  }
  return { schedule: spread, offsetSeconds };
}

function faultOf({ seconds, minutes, years }: CronSchedule, withinSeconds: number): string | undefined {
  if (seconds.length > 1) return 'runs several times in a minute';
  if (seconds[0] !== 0) return 'already has a second other than 0';
  if (minutes.length === 60) return 'runs every minute';
  if (years !== undefined) return 'has years, which a cron with seconds cannot have';
  const mostSeconds = 3_600 - 60 * (minutes.at(-1) ?? 0);
  if (withinSeconds > mostSeconds) return `would leave its hour; use at most ${mostSeconds} seconds`;
  return undefined;
}

/** Returns one of the seconds from 1 to `withinSeconds` that are no full minutes. All are equally likely. */
function offsetOf(jobId: number, withinSeconds: number): number {
  const choices = withinSeconds - Math.floor(withinSeconds / 60);
  // Neighbouring ids get times that have nothing in common.
  const choice = mixBits((jobId ^ Math.floor(jobId / 2 ** 32)) >>> 0) % choices;
  return choice + 1 + Math.floor(choice / 59);
}

/** Writes ascending minutes in a short form: `3`, `3,18`, `3-59/15` or `3-13`. */
function writeMinutes(minutes: readonly number[]): string {
  const [first = 0, second = 0] = minutes;
  const last = minutes.at(-1) ?? first;
  const step = second - first;
  const isEven = minutes.every((minute, index) => minute === first + index * step);
  if (minutes.length < 3 || !isEven) return minutes.join(',');
  if (step === 1) return `${first}-${last}`;
  return `${first}-${last + step > 59 ? 59 : last}/${step}`;
}

/** Returns the hour, day of month, month and day of week of a cron, so that they can follow seconds and minutes. */
function hoursAndDays(schedule: string): string[] {
  const text = schedule.trim();
  const inner = awsForm.exec(text)?.groups?.['inner'];
  if (inner !== undefined) {
    const [, hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = splitFields(inner);
    return [hour, anyDay(dayOfMonth), month, anyDay(dayOfWeek.split(',').map(nameWeekday).join(','))];
  }
  const [hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = splitFields(
    macros.get(text.toLowerCase()) ?? text,
  ).slice(-4);
  return [hour, anyDay(dayOfMonth), month, anyDay(dayOfWeek)];
}

const splitFields = (text: string): string[] => text.trim().split(/[ \t]+/);

/** Six fields with `?` and a number as day of week would be taken for a cron of Quartz. */
const anyDay = (field: string): string => (field === '?' ? '*' : field);

/** Writes an item of AWS's day of week, in which 1 is Sunday, with names. */
function nameWeekday(given: string): string {
  const item = given.toUpperCase();
  if (item === '*' || item === '?') return item;
  if (item === 'L') return 'SAT';
  const [, day, rest = ''] = /^([0-9A-Z]+?)(L|#\d|-[0-9A-Z]+)?$/.exec(item) ?? [];
  if (day !== undefined) return nameOf(day) + (rest.startsWith('-') ? `-${nameOf(rest.slice(1))}` : rest);
  return fieldValues(cronFields.dayOfWeekOnAws, item).map(weekdayName).join(',');
}

const nameOf = (value: string): string => weekdayName(fieldValue(cronFields.dayOfWeekOnAws, value));
const weekdayName = (value: number): string => cronFields.dayOfWeekOnAws.names[(value - 1) % 7] ?? '';

/**
 * Tells whether a change of the clock does something else to the new cron. A cron whose minutes begin with `*` follows the clock,
 * and the new minutes do not. That matters only where the clock changes at its hours.
 */
function changesWithClock(
  before: CronSchedule,
  after: ReturnType<typeof compileSchedule>,
  nowMs: number,
): boolean {
  if (after.kind !== 'cron' || before.followsClock === after.followsClock) return false;
  const span = { afterMs: nowMs, beforeMs: nowMs + CLOCK_CHANGES_MS, limit: 1 };
  return findClockNotes(before, span).length + findClockNotes(after, span).length > 0;
}
