import type { CronSchedule } from '../schedule.ts';
import { describeNumbers, evenStepOf, join, ordinal, runsOf, stepOf } from './lists.ts';

type Times = Pick<CronSchedule, 'seconds' | 'minutes' | 'hours'>;

/** Up to this many times of a day are listed one by one. */
const MAX_LISTED = 6;

const two = (value: number): string => String(value).padStart(2, '0');
const isOnly = (values: readonly number[], value: number): boolean =>
  values.length === 1 && values[0] === value;

/** Describes the times of a day: "at 09:00", "every 5 minutes", "at minute 15 of every hour from 09:00 to 17:59". */
export function describeTimes({ seconds, minutes, hours }: Times): string {
  const isWholeMinute = isOnly(seconds, 0);
  if (hours.length === 24 || evenStepOf(hours, 24) !== undefined) {
    const even = describeEven({ seconds, minutes, hours });
    if (even !== undefined) return even;
  }
  if (seconds.length * minutes.length * hours.length <= MAX_LISTED) {
    return `at ${join(timesOf({ seconds, minutes, hours }))}`;
  }
  if (isWholeMinute && isOnly(minutes, 0)) return describeHours(hours);
  const finest = isWholeMinute ? describeFinest(minutes, 'minute') : describeFinest(seconds, 'second');
  const inMinutes = isWholeMinute ? '' : describeMinutes(minutes, finest);
  // "of every hour" follows only what would otherwise sound like one time of the day.
  const isOften = inMinutes === ' of every minute' || (finest.startsWith('every') && inMinutes === '');
  return finest + inMinutes + describeOfHours(hours, { isOften, isWholeMinute });
}

/** Describes times that come evenly, all day long: "every 10 seconds", "every 5 minutes", "every 6 hours from 00:00". */
function describeEven({ seconds, minutes, hours }: Times): string | undefined {
  if (hours.length < 24) {
    return isOnly(seconds, 0) && isOnly(minutes, 0)
      ? `${every(evenStepOf(hours, 24) ?? 1, 'hour')} from 00:00`
      : undefined;
  }
  if (isOnly(seconds, 0) && isOnly(minutes, 0)) return 'every hour';
  if (isOnly(seconds, 0)) {
    const step = evenStepOf(minutes, 60);
    return step === undefined ? undefined : every(step, 'minute');
  }
  const step = evenStepOf(seconds, 60);
  return step === undefined || minutes.length < 60 ? undefined : every(step, 'second');
}

const every = (count: number, unit: string): string =>
  count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;

function timesOf({ seconds, minutes, hours }: Times): string[] {
  const isWholeMinute = isOnly(seconds, 0);
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) =>
      seconds.map((second) => `${two(hour)}:${two(minute)}${isWholeMinute ? '' : `:${two(second)}`}`),
    ),
  );
}

/** Describes hours at minute 0: "every hour from 09:00 to 17:00", "every 2 hours from 01:00 to 23:00". */
function describeHours(hours: readonly number[]): string {
  const show = (hour: number): string => `${two(hour)}:00`;
  const step = stepOf(hours);
  if (step !== undefined)
    return `every ${step} hours from ${show(hours[0] ?? 0)} to ${show(hours.at(-1) ?? 0)}`;
  const parts = runsOf(hours).map(({ first, last }) =>
    first === last ? `at ${show(first)}` : `every hour from ${show(first)} to ${show(last)}`,
  );
  return join(parts);
}

/** Describes the seconds of a minute, or the minutes of an hour. */
function describeFinest(values: readonly number[], unit: 'second' | 'minute'): string {
  const even = evenStepOf(values, 60);
  if (even !== undefined) return every(even, unit);
  return `at ${describeSome(values, unit)}`;
}

/** Describes some seconds, minutes or hours: "minute 5", "minutes 5 and 10 to 20", "every 7th minute from 0 to 56". */
function describeSome(values: readonly number[], unit: string): string {
  const step = stepOf(values);
  if (step !== undefined) {
    return `every ${ordinal(step)} ${unit} from ${values[0] ?? 0} to ${values.at(-1) ?? 0}`;
  }
  return `${unit}${values.length === 1 ? '' : 's'} ${describeNumbers(values)}`;
}

/** Describes the minutes in which seconds are due. */
function describeMinutes(minutes: readonly number[], finest: string): string {
  if (minutes.length === 60) return finest.startsWith('every') ? '' : ' of every minute';
  return ` in ${describeSome(minutes, 'minute')}`;
}

/** Describes the hours in which minutes or seconds are due. */
function describeOfHours(
  hours: readonly number[],
  { isOften, isWholeMinute }: { isOften: boolean; isWholeMinute: boolean },
): string {
  if (hours.length === 24) return isOften ? '' : ' of every hour';
  const step = stepOf(hours);
  if (step !== undefined) {
    return ` in every ${ordinal(step)} hour from ${two(hours[0] ?? 0)}:00 to ${two(hours.at(-1) ?? 0)}:00`;
  }
  const end = isWholeMinute ? '59' : '59:59';
  const parts = runsOf(hours).map(({ first, last }) => `from ${two(first)}:00 to ${two(last)}:${end}`);
  return `${isOften ? ' ' : ' of every hour '}${join(parts)}`;
}
