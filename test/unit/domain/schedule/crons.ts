import * as fc from 'fast-check';

import type { PlainCron } from './oracle.ts';

type Field = { text: string; values: number[] };

function span(min: number, max: number, step = 1): number[] {
  const values: number[] = [];
  for (let value = min; value <= max; value += step) values.push(value);
  return values;
}

function starred(min: number, max: number): fc.Arbitrary<Field> {
  return fc.oneof(
    fc.constant({ text: '*', values: span(min, max) }),
    fc
      .integer({ min: 1, max: max - min })
      .map((step) => ({ text: `*/${step}`, values: span(min, max, step) })),
  );
}

function list(value: fc.Arbitrary<number>): fc.Arbitrary<Field> {
  return fc
    .uniqueArray(value, { minLength: 1, maxLength: 4 })
    .map((values) => ({ text: values.join(','), values }));
}

function given(min: number, max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value, fc.integer({ min: 1, max: max - min }));
  return fc.oneof(
    list(value),
    range.map(([a, b, step]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return { text: `${from}-${to}/${step}`, values: span(from, to, step) };
    }),
  );
}

const anyDay = fc.constant({ text: '*', values: undefined });
const anyMonth = fc.constant({ text: '*', values: span(1, 12) });
const mostly = <T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: other });

export const onTheMinute: fc.Arbitrary<Field> = fc.constant({ text: '0', values: [0] });
export const anySecond: fc.Arbitrary<Field> = fc.oneof(starred(0, 59), given(0, 59));

/** Crons of six fields, as strings and as lists, with many hours near those at which clocks change. */
export function anyCron(
  seconds: fc.Arbitrary<Field>,
): fc.Arbitrary<{ expression: string; plain: PlainCron }> {
  const fields = fc.record({
    seconds,
    minutes: fc.oneof(starred(0, 59), given(0, 59)),
    hours: fc.oneof(starred(0, 23), given(0, 23), given(0, 4), list(fc.constantFrom(0, 1, 2, 23))),
    days: mostly(anyDay, list(fc.integer({ min: 1, max: 31 }))),
    months: mostly(anyMonth, given(1, 12)),
    weekdays: mostly(anyDay, list(fc.integer({ min: 0, max: 6 }))),
  });
  return fields.map(({ seconds, minutes, hours, days, months, weekdays }) => ({
    expression: [seconds, minutes, hours, days, months, weekdays].map(({ text }) => text).join(' '),
    plain: {
      seconds: seconds.values,
      minutes: minutes.values,
      hours: hours.values,
      days: days.values,
      months: months.values,
      weekdays: weekdays.values,
      followsClock: minutes.text.startsWith('*') || hours.text.startsWith('*'),
    },
  }));
}
