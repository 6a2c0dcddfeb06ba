import { InvalidScheduleError } from '../errors.ts';

/** What a field of a cron may hold; `names` stand for `min` and the values after it. */
export type CronField = {
  name: string;
  min: number;
  max: number;
  names: readonly string[];
  /** The field's own forms besides `*`, values, ranges and steps: of the whole field, and of an item of its list. */
  whole?: RegExp;
  item?: RegExp;
};

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const weekdays = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const weekday = `(?:[0-7]|${weekdays.join('|')})`;

export const cronFields = {
  second: { name: 'second', min: 0, max: 59, names: [] },
  minute: { name: 'minute', min: 0, max: 59, names: [] },
  hour: { name: 'hour', min: 0, max: 23, names: [] },
  dayOfMonth: { name: 'day of month', min: 1, max: 31, names: [], whole: /^\?$/, item: /^L$/ },
  month: { name: 'month', min: 1, max: 12, names: months },
  dayOfWeek: {
    name: 'day of week',
    min: 0,
    max: 7, // Sunday, as 0 is
    names: weekdays,
    whole: new RegExp(`^(?:\\?|${weekday}#[1-5])$`),
    item: new RegExp(`^${weekday}L$`),
  },
} satisfies Record<string, CronField>;

const itemForm = /^(?:\*|(?<from>[0-9A-Z]+)(?:-(?<to>[0-9A-Z]+))?)(?:\/(?<step>\d+))?$/;

/** Throws InvalidScheduleError unless `text`, in upper case, is a list this field can have. Values may repeat. */
export function checkCronField(field: CronField, text: string): void {
  if (field.whole?.test(text)) return;
  for (const item of text.split(',')) {
    if (!field.item?.test(item)) checkItem(field, item);
  }
}

function checkItem(field: CronField, item: string): void {
  const parts = itemForm.exec(item)?.groups;
  if (parts === undefined) {
    throw invalid(field, `has "${item}"; write *, a value, a range or a step, as in ${example(field)}`);
  }
  const from = parts.from === undefined ? field.min : valueOf(field, parts.from);
  const to = parts.to === undefined ? field.max : valueOf(field, parts.to);
  if (from > to) {
    throw invalid(field, `has "${item}", which runs backwards; list two ranges that run forwards`);
  }
  const steps = field.max - field.min + 1;
  if (parts.step !== undefined && !(Number(parts.step) >= 1 && Number(parts.step) <= steps)) {
    throw invalid(field, `has "${item}"; a step is 1 to ${steps}, and @every takes longer ones`);
  }
}

function valueOf(field: CronField, text: string): number {
  const named = field.names.indexOf(text);
  if (named >= 0) return field.min + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (value >= field.min && value <= field.max) return value;
  throw invalid(field, `has "${text}"; its values are ${field.min} to ${field.max}${nameHint(field)}`);
}

function nameHint(field: CronField): string {
  return field.names.length === 0 ? '' : `, or ${field.names[0]} to ${field.names.at(-1)}`;
}

function example(field: CronField): string {
  return `${field.min + 1}, ${field.min + 1}-${field.max - 1} or */2`;
}

function invalid(field: CronField, problem: string): InvalidScheduleError {
  return new InvalidScheduleError('schedule', `the ${field.name} ${problem}`);
}
