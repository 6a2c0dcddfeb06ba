/** Maximum number of items that one script moves. It blocks Redis for about 5 ms. Lua's `unpack` fails above 8,000 items. */
export const BATCH_LIMIT = 1_000;

/** Maximum number of items in one command. ElastiCache Serverless accepts 3,999 words a command; an item has up to five words. */
const GIVEN_LIMIT = 750;

/**
 * Splits items into batches of at most `limit` items. With `sizeOf`, the sizes in a batch add up to at most `maxSize`; an
 * item that is larger gets a batch of its own.
 */
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

/** Number of batches that may be on the connection at once: enough to hide the round trip, few enough to bound memory. */
const PIPELINE_DEPTH = 4;

/** Runs the batches in a pipeline. They share one connection, so Redis runs them in the given order. */
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
