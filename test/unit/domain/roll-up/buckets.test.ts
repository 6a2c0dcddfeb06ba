import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addCounts,
  addCountsText,
  addValue,
  bucketOf,
  countOf,
  countUpTo,
  LAST_BUCKET,
  quantileOf,
} from '../../../../lib/domain/roll-up/buckets.ts';

function histogramOf(values: readonly number[]): number[] {
  const counts: number[] = [];
  for (const value of values) addValue(counts, value);
  return counts;
}

const aValue = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 16_777_216 }));

describe('the buckets of a histogram', () => {
  test('a bound belongs to the bucket below it, as in OpenMetrics', () => {
    for (let doubling = 0; doubling <= 24; doubling++) {
      expect(bucketOf(2 ** doubling)).toBe(doubling * 4);
      expect(bucketOf(2 ** doubling + 1)).toBeGreaterThan(doubling * 4);
    }
  });

  test('values below 0 count as 0, and very large values fall in the last bucket', () => {
    expect(bucketOf(-5)).toBe(bucketOf(0));
    expect(bucketOf(2 ** 31)).toBe(LAST_BUCKET);
  });

  test('a histogram in the text of an array is added as the histogram itself', () => {
    const counts = fc.array(fc.nat({ max: 2 ** 31 }), { maxLength: LAST_BUCKET + 1 });
    fc.assert(
      fc.property(counts, counts, (to, added) => {
        const expected = [...to];
        addCounts(expected, added);
        const sum = [...to];
        addCountsText(sum, `{${added.join(',')}}`);
        expect(sum).toEqual(expected);
      }),
    );
  });

  test('the values up to a bound are counted exactly', () => {
    fc.assert(
      fc.property(fc.array(aValue), fc.integer({ min: 0, max: 24 }), (values, doublings) => {
        expect(countUpTo(histogramOf(values), doublings)).toBe(
          values.filter((value) => value <= 2 ** doublings).length,
        );
      }),
    );
  });

  test('a percentile differs from the exact one by at most 9.1 % or 1 ms', () => {
    fc.assert(
      fc.property(
        fc.array(aValue, { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.9, 0.99, 1),
        (values, quantile) => {
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]!;
          const estimate = quantileOf(histogramOf(values), quantile, sorted.at(-1)!)!;
          expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.091));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('a percentile above the last bound is the largest value', () => {
    expect(quantileOf(histogramOf([20_000_000, 30_000_000]), 0.5, 30_000_000)).toBe(30_000_000);
  });

  test('an empty histogram has no percentile', () => {
    expect(quantileOf([], 0.5, 0)).toBeUndefined();
  });

  test('the sum of two histograms is the histogram of all their values', () => {
    fc.assert(
      fc.property(fc.array(aValue), fc.array(aValue), (left, right) => {
        const sum = histogramOf(left);
        addCounts(sum, histogramOf(right));
        expect(sum).toEqual(histogramOf([...left, ...right]));
        expect(countOf(sum)).toBe(left.length + right.length);
      }),
    );
  });
});
