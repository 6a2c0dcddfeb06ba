import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isGrowing, leastVisible, median, trendOf, type Point } from '../../../load/soak/trend.ts';

const MB = 1_048_576;
const allowed = { perMinute: MB, scatter: 4 * MB };

/** A sample every three seconds. */
function series(minutes: number, valueAt: (atMinutes: number, index: number) => number): Point[] {
  return Array.from({ length: minutes * 20 }, (_, index) => {
    const atMinutes = index / 20;
    return { atMinutes, value: valueAt(atMinutes, index) };
  });
}

const grows = (points: readonly Point[]): boolean => {
  const trend = trendOf(points);
  return trend !== undefined && isGrowing(trend, allowed);
};

/** A heap of 40 MB that varies by 2 MB to either side, by a fixed sequence that looks random. */
const noise = (index: number): number => 40 * MB + 2 * MB * Math.sin(index * 12.9898);
/** Some samples are taken during a tick, while all its memory is in use. */
const busyNowAndThen = (index: number): number => (index % 7 === 3 ? 60 * MB : 0);

describe('a leak is found', () => {
  test.each([
    ['of 2 MB a minute in 30 minutes', 30, 2],
    ['of 1.2 MB a minute in 30 minutes', 30, 1.2],
    ['of 6 MB a minute in a minute and a quarter', 1.25, 6],
  ])('a leak is found %s', (_, minutes, mbPerMinute) => {
    expect(grows(series(minutes, (at, index) => noise(index) + at * mbPerMinute * MB))).toBe(true);
  });

  test('a leak is found behind samples that are far off', () => {
    expect(grows(series(30, (at, i) => noise(i) + busyNowAndThen(i) + at * 2 * MB))).toBe(true);
  });

  test('a leak is found that grows in steps', () => {
    expect(grows(series(30, (at, index) => noise(index) + Math.floor(at / 5) * 10 * MB))).toBe(true);
  });
});

describe('none is found', () => {
  test.each([
    ['in what stands still', () => 40 * MB],
    ['in what shrinks', (at: number, i: number) => noise(i) - at * MB],
    ['in noise', (_: number, i: number) => noise(i)],
    ['in noise with samples that are far off', (_: number, i: number) => noise(i) + busyNowAndThen(i)],
    ['in a saw whose teeth are a minute long', (at: number, i: number) => noise(i) + (at % 1) * 10 * MB],
    [
      'in a heap that warmed up during the first tenth',
      (at: number, i: number) => noise(i) + Math.min(at, 3) * 5 * MB,
    ],
    ['in what grows slower than is allowed', (at: number, i: number) => noise(i) + at * 0.8 * MB],
  ])('no leak is found %s', (_, valueAt) => {
    expect(grows(series(30, valueAt))).toBe(false);
  });

  test('no leak is found in a short run that happens to end higher than it began, within its scatter', () => {
    expect(grows(series(1.25, (at, index) => noise(index) + at * 2 * MB))).toBe(false);
  });

  test('no leak is found in noise of any kind, at the size of a heap at rest', () => {
    const points = fc
      .array(fc.integer({ min: 0, max: 3 * MB }), { minLength: 25, maxLength: 25 })
      .map((values) => values.map((value, index) => ({ atMinutes: index / 20, value })));
    fc.assert(
      fc.property(points, (found) => !grows(found)),
      { numRuns: 2_000 },
    );
  });
});

test('the trend is the median of all slopes', () => {
  const trend = trendOf(series(2, (at) => 5 + 3 * at));
  expect(trend?.perMinute).toBeCloseTo(3, 9);
  expect(trend?.rise).toBeCloseTo(3 * 1.8, 9);
});

test('too few points have no trend', () => {
  expect(trendOf(series(0.4, () => 1))).toBeUndefined();
});

test('a short run detects only larger leaks', () => {
  expect(leastVisible(1, allowed)).toBe(4 * MB);
  expect(leastVisible(30, allowed)).toBe(MB);
});

test.each([
  [[3], 3],
  [[4, 1], 2.5],
  [[9, 1, 5], 5],
])('the median of %j', (values, expected) => {
  expect(median(values)).toBe(expected);
});
