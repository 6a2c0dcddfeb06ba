import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeHistogramRecorder, type Histogram } from '../../../lib/domain/histogram.ts';

const PERCENTILES = [0, 0.5, 0.9, 0.99, 0.999, 1];
/** A quarter of a doubling, the widest range of a bucket. */
const WORST = 2 ** 0.25 - 1;
const FINEST = 2 ** (1 / 64) - 1;
/** The end of the last bucket: 2^24 ms. */
const END = 16_777_216;

function histogramOf(values: readonly number[]): Histogram {
  const { record, read } = makeHistogramRecorder();
  for (const value of values) record(value);
  return read()!;
}

const rankOf = (share: number, count: number) => Math.min(Math.floor(share * count), count - 1);

function percentileOf({ values, counts, count }: Histogram, share: number): number {
  let seen = 0;
  const place = counts.findIndex((bucket) => (seen += bucket) > rankOf(share, count));
  return values[place]!;
}

/** The greatest error of a percentile, as a share of the true value; below 1 as a difference. */
function errorOf(values: readonly number[]): number {
  const histogram = histogramOf(values);
  const sorted = values.toSorted((a, b) => a - b);
  const errors = PERCENTILES.map((share) => {
    const exact = sorted[rankOf(share, sorted.length)]!;
    return Math.abs(percentileOf(histogram, share) - exact) / Math.max(exact, 1);
  });
  return Math.max(...errors);
}

/** Distributions from a few equal values to all magnitudes together. */
const latenesses = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 0, max: END }),
    fc.double({ min: 0, max: 24, noNaN: true }).map((power) => 2 ** power),
  ),
  { minLength: 1, maxLength: 3_000, size: 'max' },
);

describe('a histogram', () => {
  test('an empty histogram has no values', () => {
    expect(makeHistogramRecorder().read()).toBeUndefined();
  });

  test('a histogram of one value is that value', () => {
    expect(histogramOf([1_234])).toEqual({
      values: [1_234],
      counts: [1],
      min: 1_234,
      max: 1_234,
      sum: 1_234,
      count: 1,
    });
  });

  test('a histogram has at most 100 values, and percentiles within 19 %, for any distribution', () => {
    fc.assert(
      fc.property(latenesses, (values) => {
        expect(histogramOf(values).values.length).toBeLessThanOrEqual(100);
        expect(errorOf(values)).toBeLessThanOrEqual(WORST);
      }),
    );
  });

  test('a histogram keeps count, sum, minimum and maximum exactly', () => {
    fc.assert(
      fc.property(latenesses, (values) => {
        const { counts, ...histogram } = histogramOf(values);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        expect(histogram.count).toBe(values.length);
        expect(histogram.min).toBe(Math.min(...values));
        expect(histogram.max).toBe(Math.max(...values));
        const sum = values.reduce((total, value) => total + value, 0);
        expect(Math.abs(histogram.sum - sum)).toBeLessThanOrEqual(sum * 1e-9);
        expect(histogram.values).toEqual(histogram.values.toSorted((a, b) => a - b));
      }),
    );
  });

  test('a histogram of 100,000 values of a worker is within 1.1 %', () => {
    // Most values are within 20 ms; one in a hundred waits for about a second, one in ten thousand for an hour.
    const values = Array.from({ length: 100_000 }, (_, n) => {
      if (n % 10_000 === 0) return 3_600_000 + (n % 7);
      return n % 100 === 0 ? 1_000 + (n % 13) * 20 : n % 20;
    });
    expect(histogramOf(values).values.length).toBeLessThanOrEqual(100);
    expect(errorOf(values)).toBeLessThanOrEqual(FINEST);
  });

  test('a histogram holds all magnitudes together', () => {
    const values = Array.from({ length: 24 * 64 }, (_, step) => 2 ** (step / 64));
    expect(histogramOf([0, ...values]).values).toHaveLength(97);
    expect(errorOf([0, ...values])).toBeLessThanOrEqual(WORST);
  });

  test('a histogram counts negative values as zero, and values beyond its buckets in one', () => {
    expect(histogramOf([-5])).toMatchObject({ values: [0], min: 0, sum: 0 });
    expect(histogramOf([END * 2, END * 4])).toMatchObject({ values: [END * 3], counts: [2], max: END * 4 });
  });
});
