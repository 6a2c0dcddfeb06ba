import { InvalidScheduleError } from '../errors.ts';
import { parseDaysOfMonth, parseDaysOfWeek } from './cron-days.ts';
import { type CronField, cronFields, fieldValues, invalidField } from './cron-field.ts';
import type { CronSchedule } from './schedule.ts';

type CronTexts = {
  second: string;
  minute: string;
  hour: string;
  dayOfMonth: string;
  month: string;
  dayOfWeek: string;
  year: string;
};

/**
 * Parses a cron with five fields, or with six fields if seconds come first.
 *
 * @throws InvalidScheduleError
 */
export function parseCron(expression: string, timeZone: string): CronSchedule {
  const texts = splitFields(expression);
  if (texts.length === 5) texts.unshift('0');
  const [second, minute, hour, dayOfMonth, month, dayOfWeek, ...more] = texts;
  if (dayOfWeek === undefined || more.length > 0) throw wrongCount(expression, texts.length);
  const fields = { second, minute, hour, dayOfMonth, month, dayOfWeek, year: '*' };
  // The types do not express that the fields before dayOfWeek are present as well.
  return naming(expression, () => compile(complete(fields), timeZone, { isAws: false }));
}

/**
 * Parses the fields between the parentheses of AWS's `cron(minute hour day-of-month month day-of-week year)`. Days of
 * the week are counted from 1 for Sunday, and one of the two day fields is `?`. Source: the user guide of EventBridge
 * Scheduler, "Schedule types", cron-based schedules.
 *
 * @throws InvalidScheduleError
 */
export function parseAwsCron(inner: string, timeZone: string): CronSchedule {
  const [minute, hour, dayOfMonth, month, dayOfWeek, year, ...more] = splitFields(inner);
  if (year === undefined || more.length > 0) {
    throw new InvalidScheduleError(
      'schedule',
      `"cron(${inner})" is not in AWS's form, which has six fields: minute, hour, day of month, month, day of week, year`,
    );
  }
  const fields = complete({ second: '0', minute, hour, dayOfMonth, month, dayOfWeek, year });
  return naming(`cron(${inner})`, () => {
    if ((fields.dayOfMonth === '?') === (fields.dayOfWeek === '?')) {
      const remedy = 'in cron(…), write ? for either day of month or day of week, and not for both';
      throw invalidField(cronFields.dayOfWeekOnAws, fields.dayOfWeek, remedy);
    }
    return compile(fields, timeZone, { isAws: true });
  });
}

function splitFields(expression: string): string[] {
  return expression
    .trim()
    .toUpperCase()
    .split(/[ \t]+/);
}

function complete(fields: { [name in keyof CronTexts]: string | undefined }): CronTexts {
  const {
    second = '',
    minute = '',
    hour = '',
    dayOfMonth = '',
    month = '',
    dayOfWeek = '',
    year = '',
  } = fields;
  return { second, minute, hour, dayOfMonth, month, dayOfWeek, year };
}

function compile(texts: CronTexts, timeZone: string, options: { isAws: boolean }): CronSchedule {
  return {
    kind: 'cron',
    timeZone,
    seconds: list(cronFields.second, texts.second),
    minutes: list(cronFields.minute, texts.minute),
    hours: list(cronFields.hour, texts.hour),
    ...parseDaysOfMonth(texts.dayOfMonth),
    months: list(cronFields.month, texts.month).reduce((mask, month) => mask | (1 << (month - 1)), 0),
    ...parseDaysOfWeek(texts.dayOfWeek, options),
    years: texts.year === '*' ? undefined : list(cronFields.yearOnAws, texts.year),
    // The first character of a field decides, as in Vixie's cron: the days `*/2` and MON are Mondays on odd days.
    dayRule: isGiven(texts.dayOfMonth) && isGiven(texts.dayOfWeek) ? 'either' : 'both',
    followsClock: texts.minute.startsWith('*') || texts.hour.startsWith('*'),
  };
}

/** Parses a list of values. The result is ascending and has no duplicates. */
function list(field: CronField, text: string): number[] {
  const values = new Set(text.split(',').flatMap((item) => fieldValues(field, item)));
  return [...values].sort((one, other) => one - other);
}

function isGiven(dayField: string): boolean {
  return !/^[*?]/.test(dayField);
}

/** Adds the whole schedule in front of an error message about one of its fields. */
function naming<T>(expression: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InvalidScheduleError)) throw error;
    const [{ message } = { message: '' }] = error.errors;
    throw new InvalidScheduleError('schedule', `"${expression}" ${message}`, { cause: error });
  }
}

function wrongCount(expression: string, count: number): InvalidScheduleError {
  const remedy =
    count === 7
      ? "has seven fields; leave out the year, or write AWS's cron(minute hour day-of-month month day-of-week year)"
      : 'is not a schedule; a cron has five fields, or six with seconds first, as in "0 9 * * MON-FRI"';
  return new InvalidScheduleError('schedule', `"${expression}" ${remedy}`);
}
