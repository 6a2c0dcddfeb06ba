/** One script moves at most so many items: about 5 ms in which Redis serves nobody else; Lua's `unpack` ends at 8,000. */
export const BATCH_LIMIT = 1_000;

/** One script is given at most so many: ElastiCache Serverless takes 3,999 words a command, of which an item is up to five. */
const GIVEN_LIMIT = 750;

/** Splits into batches of at most `limit` items and, where a size is given, `maxSize` in sum (or one item alone). */
export function toBatches<T>(
  items: readonly T[],
  { limit = GIVEN_LIMIT, maxSize = Infinity, sizeOf = () => 0 }: BatchBounds<T> = {},
): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let batchSize = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (batch.length > 0 && (batch.length >= limit || batchSize + size > maxSize)) {
      batches.push(batch);
      batch = [];
      batchSize = 0;
    }
    batch.push(item);
    batchSize += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

type BatchBounds<T> = { limit?: number; maxSize?: number; sizeOf?: (item: T) => number };

/** How many batches may be on the connection at once: enough to hide the round trip, few enough to bound memory. */
const PIPELINE_DEPTH = 4;

/** Runs the batches in order, pipelined. One connection sends, and Redis runs, them in this order. */
export async function runBatches<T, R>(batches: readonly T[], run: (batch: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const group of toBatches(batches, { limit: PIPELINE_DEPTH })) {
    results.push(...(await Promise.all(group.map(run))));
  }
  return results;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
