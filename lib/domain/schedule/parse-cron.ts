import { CronExpressionParser } from 'cron-parser';
import type { CronFieldCollection } from 'cron-parser';

import { InvalidScheduleError } from '../errors.ts';
import { checkCronField, cronFields } from './cron-field.ts';
import type { CronSchedule } from './cron-schedule.ts';

// Given these, cron-parser reads neither the clock nor a source of randomness.
const parserOptions = { currentDate: new Date(0), tz: 'UTC', hashSeed: 'unused' };

type SixFields = [
  second: string,
  minute: string,
  hour: string,
  dayOfMonth: string,
  month: string,
  dayOfWeek: string,
];

/**
 * Compiles a cron of five fields, or six with seconds first. cron-parser expands the fields; what it would let pass (the
 * empty string, four fields, random `H`) is refused before, and when they come is ours to say: it errs over changes of the
 * clock. Throws InvalidScheduleError.
 */
export function parseCron(expression: string, timeZone: string): CronSchedule {
  const texts = sixFields(expression);
  const [second, minute, hour, dayOfMonth, month, dayOfWeek] = texts;
  checkCronField(cronFields.second, second);
  checkCronField(cronFields.minute, minute);
  checkCronField(cronFields.hour, hour);
  checkCronField(cronFields.dayOfMonth, dayOfMonth);
  checkCronField(cronFields.month, month);
  checkCronField(cronFields.dayOfWeek, dayOfWeek);

  const fields = expand(texts);
  const weekdays = fields.dayOfWeek.values.map(String);
  return {
    kind: 'cron',
    timeZone,
    seconds: fields.second.values,
    minutes: fields.minute.values,
    hours: fields.hour.values,
    months: maskOf(fields.month.values.map((value) => value - 1)),
    daysOfMonth: maskOf(fields.dayOfMonth.values.filter((value) => value !== 'L').map((value) => value - 1)),
    lastDayOfMonth: fields.dayOfMonth.hasLastChar,
    weekdays: maskOf(weekdays.filter((value) => !value.endsWith('L')).map((value) => Number(value) % 7)),
    lastWeekdays: maskOf(
      weekdays.filter((value) => value.endsWith('L')).map((value) => Number.parseInt(value) % 7),
    ),
    nthWeekday: fields.dayOfWeek.nthDay,
    // By the first character of a field, as in Vixie's cron: the days `*/2` and MON are Mondays on odd days.
    dayRule: isGiven(dayOfMonth) && isGiven(dayOfWeek) ? 'either' : 'both',
    followsClock: minute.startsWith('*') || hour.startsWith('*'),
  };
}

function sixFields(expression: string): SixFields {
  const texts = expression.toUpperCase().split(/ +/);
  if (texts.length === 5) texts.unshift('0');
  if (isSix(texts)) return texts;
  throw new InvalidScheduleError(
    'schedule',
    `"${expression}" is no schedule; a cron has five fields, or six with seconds first, as in "0 9 * * MON-FRI"`,
  );
}

function isSix(texts: string[]): texts is SixFields {
  return texts.length === 6;
}

function expand([second, minute, hour, dayOfMonth, month, dayOfWeek]: SixFields): CronFieldCollection {
  // With `*` here cron-parser refuses a day that no month has, such as `30 2`; whether a day comes is not its question.
  const weekdays = isGiven(dayOfWeek) || dayOfWeek.length > 1 ? dayOfWeek : '0-6';
  const text = [second, minute, hour, dayOfMonth, month, weekdays].join(' ');
  try {
    return CronExpressionParser.parse(text, parserOptions).fields;
  } catch (cause) {
    throw new InvalidScheduleError(
      'schedule',
      'a field names a value twice, on its own, in a range or through a step; name each once, as in "0 9 * * MON-FRI"',
      { cause },
    );
  }
}

function isGiven(dayField: string): boolean {
  return !/^[*?]/.test(dayField);
}

function maskOf(bits: readonly number[]): number {
  return bits.reduce((mask, bit) => mask | (1 << bit), 0);
}
