/**
 * A distribution with at most 100 values and their counts. The error of its percentiles is at most the width of a
 * bucket. `min`, `max`, `sum` and `count` are exact.
 */
export type Histogram = {
  values: number[];
  counts: number[];
  min: number;
  max: number;
  sum: number;
  count: number;
};

export type HistogramRecorder = {
  /** Records a value in constant time and memory. Values below 0 count as 0. */
  record: (value: number) => void;
  /** Returns the distribution of the recorded values, or undefined if there are none. */
  read: () => Histogram | undefined;
};

/** CloudWatch drops a histogram with more values than this. */
const MAX_VALUES = 100;
/** The number of buckets between a value and its double. Each bucket is 1.1 % wide. */
const FINEST = 64;
/**
 * The number of doublings from 1 with their own buckets. In milliseconds, this is up to 4.6 hours. The last bucket
 * takes the rest.
 */
const DOUBLINGS = 24;

/**
 * Counts values in buckets whose width grows with the value, so that the relative error is the same for every
 * percentile. When more than 100 of the finest buckets contain values, neighbours are joined until at most 100 do. A
 * bucket is 1.1 % wide in practice, and 19 % in the worst case (4 per doubling over the whole range are 96, plus the
 * one below 1). The value of a bucket is the mean of its values, so equal values are exact.
 */
export function makeHistogramRecorder(): HistogramRecorder {
  const counts = new Float64Array(1 + DOUBLINGS * FINEST);
  const sums = new Float64Array(counts.length);
  let min = Infinity;
  let max = 0;

  return {
    record: (value) => {
      const recorded = Math.max(value, 0);
      const place = bucketOf(recorded);
      counts[place] = (counts[place] ?? 0) + 1;
      sums[place] = (sums[place] ?? 0) + recorded;
      if (recorded < min) min = recorded;
      if (recorded > max) max = recorded;
    },
    read: () => {
      if (min === Infinity) return undefined;
      let joined = join(counts, sums, 1);
      for (let width = 2; joined.counts.length > MAX_VALUES; width *= 2) joined = join(counts, sums, width);
      return { ...joined, min, max, sum: total(sums), count: total(counts) };
    },
  };
}

/** Returns the index of the bucket. The first bucket is for values below 1. */
function bucketOf(value: number): number {
  if (value < 1) return 0;
  return 1 + Math.min(Math.floor(Math.log2(value) * FINEST), DOUBLINGS * FINEST - 1);
}

/** Joins each `width` neighbouring buckets, and returns those with values. */
function join(
  counts: Float64Array,
  sums: Float64Array,
  width: number,
): { values: number[]; counts: number[] } {
  const joined: { values: number[]; counts: number[] } = { values: [], counts: [] };
  for (let end = 1; end <= counts.length; end += width) {
    const start = Math.max(end - width, 0);
    const count = total(counts.subarray(start, end));
    if (count === 0) continue;
    joined.values.push(total(sums.subarray(start, end)) / count);
    joined.counts.push(count);
  }
  return joined;
}

function total(numbers: Float64Array): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
