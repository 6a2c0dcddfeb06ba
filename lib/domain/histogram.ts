/**
 * A distribution in at most 100 values, each with how often it stands for one that was seen. Its percentiles are within
 * the width of a bucket of the true ones; `min`, `max`, `sum` and `count` are exact.
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
  /** Constant in time and memory. What is below 0 counts as 0. */
  record: (value: number) => void;
  /** Of what was recorded so far; undefined when that is nothing. */
  read: () => Histogram | undefined;
};

/** CloudWatch drops a histogram with more. */
const MAX_VALUES = 100;
/** Buckets to a doubling: one is 1.1 % wide. */
const FINEST = 64;
/** Doublings from 1 on that have buckets of their own: in milliseconds, up to 4.6 hours; the last bucket takes the rest. */
const DOUBLINGS = 24;

/**
 * Counts values in buckets that grow with the value, so that the error is relative, and the same for every percentile.
 * When more than 100 of the finest buckets hold something, neighbours are joined until no more do: 1.1 % wide for what
 * is seen in practice, 19 % at worst (4 to a doubling over the whole range: 96, and the one below 1). A bucket is read as
 * the mean of what it holds, so what is alike is read as it was.
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

/** The first is for what is below 1. */
function bucketOf(value: number): number {
  if (value < 1) return 0;
  return 1 + Math.min(Math.floor(Math.log2(value) * FINEST), DOUBLINGS * FINEST - 1);
}

/** What is in the buckets that hold anything, when as many as `width` neighbours are made one. */
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
