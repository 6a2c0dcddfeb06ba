import * as z from 'zod';
import { runBatches, sum, toBatches } from './batches.ts';
import { PAYLOAD_GRACE_MS } from './enqueue.ts';
import { dayOf, type Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

export type QueueOutcome =
  | { id: number; outcome: 'completed' | 'failed' }
  /** Not run here: claimed elsewhere, or cancelled. */
  | { id: number; outcome: 'dropped' }
  | { id: number; outcome: 'retry'; dueMs: number };

const DAY_MS = 24 * 60 * 60 * 1_000;
/** A day's figures are of use while it lasts; callers' clocks differ a little. */
const KEPT_AFTER_DAY_MS = 60 * 60 * 1_000;

export function makeSettle(redis: RedisConnection, keys: Keys, { maxFinished }: { maxFinished: number }) {
  const settleBatch = makeScript(redis, 'settle', z.int());

  /**
   * Ends what the worker holds; may be repeated. Resolves with how many outcomes had an effect: a retry of what has
   * left the worker's hands has none, and the next tick brings it if PostgreSQL wants it. An end counts on the UTC day of `nowMs`,
   * once for each id: give it the instant by which PostgreSQL has it, and it may be told by several.
   */
  return async ({ workerId, nowMs, outcomes }: SettleRequest): Promise<number> => {
    const day = dayOf(nowMs);
    const counts = await runBatches(toBatches(outcomes), (batch) =>
      settleBatch(
        [
          keys.processing(workerId),
          keys.retry,
          keys.completed(day),
          keys.completedCount(day),
          keys.failed(day),
          keys.failedCount(day),
          ...batch.map((outcome) => keys.payload(outcome.id)),
        ],
        [
          nowMs,
          PAYLOAD_GRACE_MS,
          DAY_MS - (nowMs % DAY_MS) + KEPT_AFTER_DAY_MS,
          maxFinished,
          ...batch.flatMap((entry) => [entry.id, entry.outcome, entry.outcome === 'retry' ? entry.dueMs : 0]),
        ],
      ),
    );
    return sum(counts);
  };
}

type SettleRequest = { workerId: string; nowMs: number; outcomes: readonly QueueOutcome[] };
