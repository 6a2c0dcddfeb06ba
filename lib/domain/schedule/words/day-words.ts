import type { CronSchedule } from '../schedule.ts';
import { bitsOf, describeNumbers, join, ordinal, runsOf, stepOf } from './lists.ts';

const EVERY_DAY = 0x7fff_ffff;
const EVERY_WEEKDAY = 0b111_1111;
const EVERY_MONTH = 0b1111_1111_1111;

const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const monthNames =
  'January February March April May June July August September October November December'.split(' ');
const nthNames = ['first', 'second', 'third', 'fourth', 'fifth'];

/**
 * Describes the days and months: "every Monday", "on the last day of the month", "on day 1 of January", "every day from June to
 * August". Returns undefined for every day of every month.
 */
export function describeDays(cron: CronSchedule): string | undefined {
  const isAnyDay = cron.daysOfMonth === EVERY_DAY;
  const isAnyWeekday = cron.weekdays === EVERY_WEEKDAY;
  const months = describeMonths(cron);
  const isEveryDay = cron.dayRule === 'either' ? isAnyDay || isAnyWeekday : isAnyDay && isAnyWeekday;
  if (isEveryDay) return months === undefined ? undefined : `every day ${months}`;
  const only = months === undefined ? '' : `, only ${months}`;
  if (cron.dayRule === 'either') {
    return `on ${describeDaysOfMonth(cron, 'the month')} and on ${describeWeekdays(cron, 'the month')}${only}`;
  }
  if (isAnyWeekday) return `on ${describeDaysOfMonth(cron, monthsOf(cron))}`;
  if (!isAnyDay) {
    return `on ${describeWeekdays(cron, 'the month')}, but only on ${describeDaysOfMonth(cron, 'the month')}${only}`;
  }
  if (cron.weekdays === 0) return `on ${describeWeekdays(cron, monthsOf(cron))}`;
  const days = describeWeekdays(cron, 'the month');
  return months === undefined ? days : `${days} ${months}`;
}

/** Names the months that days belong to: "the month", "January and March", "each month from June to August". */
function monthsOf(cron: CronSchedule): string {
  const months = describeMonths(cron);
  if (months === undefined) return 'the month';
  return months.startsWith('in ') ? months.slice('in '.length) : `each month ${months}`;
}

function describeDaysOfMonth(
  { daysOfMonth, daysFromEnd, workdays, lastWorkday }: CronSchedule,
  ofMonths: string,
): string {
  const days = bitsOf(daysOfMonth, 1);
  const fromEnd = bitsOf(daysFromEnd);
  const near = bitsOf(workdays, 1);
  const texts = [
    ...(days.length === 0 ? [] : [describeSomeDays(days)]),
    ...fromEnd.map((before) => (before === 0 ? 'the last day' : `the day ${before} before the last`)),
    ...near.map((day) => `the workday nearest to day ${day}`),
    ...(lastWorkday ? ['the last workday'] : []),
  ];
  return `${join(texts)} of ${ofMonths}`;
}

function describeSomeDays(days: readonly number[]): string {
  const step = stepOf(days);
  if (step !== undefined) return `every ${ordinal(step)} day from ${days[0] ?? 1} to ${days.at(-1) ?? 31}`;
  return `day${days.length === 1 ? '' : 's'} ${describeNumbers(days)}`;
}

/** The week begins on Monday here, so that the weekend is together. */
function describeWeekdays({ weekdays, nthWeekdays, lastWeekdays }: CronSchedule, ofMonths: string): string {
  const days = bitsOf(weekdays).map((day) => (day === 0 ? 7 : day));
  const texts = runsOf(days.sort((one, other) => one - other)).flatMap(({ first, last }) => {
    const names = weekdayNames.slice(first, last + 1);
    return names.length < 3
      ? names.map((name) => `every ${name}`)
      : [`every day from ${names[0] ?? ''} to ${names.at(-1) ?? ''}`];
  });
  const ofMonth = [
    ...nthWeekdays.flatMap((mask, week) =>
      bitsOf(mask).map((day) => `the ${nthNames[week] ?? ''} ${weekdayNames[day] ?? ''}`),
    ),
    ...bitsOf(lastWeekdays).map((day) => `the last ${weekdayNames[day] ?? ''}`),
  ];
  return join([...texts, ...(ofMonth.length === 0 ? [] : [`${join(ofMonth)} of ${ofMonths}`])]);
}

/** Describes the months: "in January and March", "from April to June". Returns undefined for every month. */
function describeMonths({ months }: CronSchedule): string | undefined {
  if (months === EVERY_MONTH) return undefined;
  const show = (month: number): string => monthNames[month] ?? '';
  const [run, ...others] = runsOf(bitsOf(months));
  if (run !== undefined && others.length === 0 && run.last > run.first + 1) {
    return `from ${show(run.first)} to ${show(run.last)}`;
  }
  return `in ${describeNumbers(bitsOf(months), show)}`;
}

/** Describes the years: "in 2030", "from 2030 to 2035". Returns undefined for every year. */
export function describeYears({ years }: CronSchedule): string | undefined {
  if (years === undefined) return undefined;
  const step = stepOf(years);
  if (step !== undefined)
    return `in every ${ordinal(step)} year from ${years[0] ?? 0} to ${years.at(-1) ?? 0}`;
  const [run, ...others] = runsOf(years);
  if (run !== undefined && others.length === 0 && run.last > run.first + 1) {
    return `from ${run.first} to ${run.last}`;
  }
  return `in ${describeNumbers(years)}`;
}
