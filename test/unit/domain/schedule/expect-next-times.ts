import { expect } from 'vitest';
import { nextTimeAfter } from '../../../../lib/domain/schedule/next-time.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';

export type Row = [expression: string, after: string, expected: string[]];

/** Instants are written with the offset the clock has then, so that the wall time can be read off. */
export function expectNextTimes(timeZone: string, [expression, after, expected]: Row): void {
  const schedule = parseSchedule(expression, timeZone);
  const found: (number | undefined)[] = [];
  let next: number | undefined = Date.parse(after);
  while (found.length < expected.length && next !== undefined) {
    next = nextTimeAfter(schedule, next);
    found.push(next);
  }
  const iso = (ms: number | undefined) => (ms === undefined ? 'never' : new Date(ms).toISOString());
  expect(found.map(iso)).toEqual(expected.map((at) => iso(at === 'never' ? undefined : Date.parse(at))));
}
