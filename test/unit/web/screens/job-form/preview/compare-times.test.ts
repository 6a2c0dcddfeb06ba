import { expect, test } from 'vitest';
import { compareTimes } from '../../../../../../web/screens/job-form/preview/compare-times.ts';

const whole = (...timesMs: number[]) => ({ timesMs, isCut: false });
const cut = (...timesMs: number[]) => ({ timesMs, isCut: true });

test('times that only one of both schedules has are gained or lost', () => {
  expect(compareTimes(whole(1, 2, 3), whole(2, 4), 10)).toEqual({ gained: [4], lost: [1, 3], untilMs: 10 });
});

test('times after the window do not count', () => {
  expect(compareTimes(whole(1), whole(1, 11), 10)).toEqual({ gained: [], lost: [], untilMs: 10 });
});

test('a list that was cut is compared only as far as it reaches', () => {
  expect(compareTimes(cut(1, 2, 3), whole(2, 3, 4, 9), 10)).toEqual({ gained: [], lost: [1], untilMs: 3 });
  expect(compareTimes(whole(5, 9), cut(1, 2), 10)).toEqual({ gained: [1, 2], lost: [], untilMs: 2 });
});

test('a schedule that ends loses all its times', () => {
  expect(compareTimes(whole(1, 2), whole(), 10).lost).toEqual([1, 2]);
});
