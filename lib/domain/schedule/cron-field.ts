import { InvalidScheduleError } from '../errors.ts';

/** Describes the valid values of a field of a cron. */
export type CronField = {
  name: string;
  /** The range of values as a clause, such as "minutes go from 0 to 59". */
  range: string;
  min: number;
  max: number;
  /** The names of `min` and the values after it. */
  names: readonly string[];
  /** The number of values after which a range continues at the beginning. Undefined if it cannot. */
  cycle: number | undefined;
};

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const weekdays = 'SUN MON TUE WED THU FRI SAT'.split(' ');

export const cronFields = {
  second: {
    name: 'second',
    range: 'seconds go from 0 to 59',
    min: 0,
    max: 59,
    names: [],
    cycle: 60,
  },
  minute: { name: 'minute', range: 'minutes go from 0 to 59', min: 0, max: 59, names: [], cycle: 60 },
  hour: { name: 'hour', range: 'hours go from 0 to 23', min: 0, max: 23, names: [], cycle: 24 },
  dayOfMonth: {
    name: 'day of month',
    range: 'days of the month go from 1 to 31',
    min: 1,
    max: 31,
    names: [],
    cycle: 31,
  },
  month: {
    name: 'month',
    range: 'months go from 1 to 12, or JAN to DEC',
    min: 1,
    max: 12,
    names: months,
    cycle: 12,
  },
  dayOfWeek: {
    name: 'day of week',
    range: 'days of the week go from 0 to 7, where 0 and 7 are Sunday, or SUN to SAT',
    min: 0,
    max: 7,
    names: weekdays,
    cycle: 7,
  },
  dayOfWeekOnAws: {
    name: 'day of week',
    range: 'days of the week go from 1 (Sunday) to 7 (Saturday) in cron(…), or SUN to SAT',
    min: 1,
    max: 7,
    names: weekdays,
    cycle: 7,
  },
  yearOnAws: {
    name: 'year',
    range: 'years go from 1970 to 2199',
    min: 1970,
    max: 2199,
    names: [],
    cycle: undefined,
  },
} satisfies Record<string, CronField>;

const itemForm = /^(?:\*|(?<from>[0-9A-Z]+)(?:-(?<to>[0-9A-Z]+))?)(?:\/(?<step>\d+))?$/;

/**
 * Returns the values of an item of a field's list: `*`, a value, a range or a step, in upper case. A range such as
 * `22-6` continues at the beginning. Sunday may be 0 or 7.
 *
 * @throws InvalidScheduleError
 */
export function fieldValues(field: CronField, item: string): number[] {
  const parts = itemForm.exec(item)?.groups;
  if (parts === undefined || parts['from'] === 'H') throw notAnItem(field, item);
  const isRange = parts['from'] === undefined || parts['to'] !== undefined || parts['step'] !== undefined;
  const from = parts['from'] === undefined ? field.min : fieldValue(field, parts['from']);
  const to = parts['to'] === undefined ? (isRange ? field.max : from) : fieldValue(field, parts['to']);
  if (from > to && field.cycle === undefined) {
    throw invalidField(field, item, 'a range of years must be ascending');
  }
  const values: number[] = [];
  const end = from > to ? to + (field.cycle ?? 0) : to;
  for (let value = from; value <= end; value += stepOf(field, item, parts['step'])) {
    values.push(value > field.max ? value - (field.cycle ?? 0) : value);
  }
  return values;
}

function stepOf(field: CronField, item: string, step: string | undefined): number {
  if (step === undefined) return 1;
  const most = field.max - field.min + 1;
  if (Number(step) >= 1 && Number(step) <= most) return Number(step);
  throw invalidField(field, item, `a step goes from 1 to ${most}; for a longer one use @every`);
}

/**
 * Parses a value, which is a number or a name.
 *
 * @throws InvalidScheduleError
 */
export function fieldValue(field: CronField, text: string): number {
  const named = field.names.indexOf(text);
  if (named >= 0) return field.min + named;
  const value =
    /^\d{1,4}$/.test(text) && text.length <= Math.max(2, `${field.max}`.length) ? Number(text) : NaN;
  if (value >= field.min && value <= field.max) return value;
  throw invalidField(field, text, field.range);
}

/** Makes an error that names the field, its wrong value and the remedy. parseCron adds the whole schedule in front. */
export function invalidField(field: CronField, item: string, remedy: string): InvalidScheduleError {
  const shown = /^\d+$/.test(item) ? item : `"${item}"`;
  return new InvalidScheduleError('schedule', `has ${field.name} ${shown}; ${remedy}`);
}

function notAnItem(field: CronField, item: string): InvalidScheduleError {
  if (/^H(?:\W|$)/.test(item)) {
    return invalidField(field, item, `H means any value in Jenkins; choose a value: ${field.range}`);
  }
  const example = `${field.min + 1}, ${field.min + 1}-${field.max - 1} or */2`;
  return invalidField(field, item, `write *, a value, a range or a step, as in ${example}`);
}
