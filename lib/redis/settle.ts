import * as z from 'zod';
import { runBatches, sum, toBatches } from './batches.ts';
import { PAYLOAD_GRACE_MS } from './enqueue.ts';
import { dayOf, type Keys } from './keys.ts';
import { joined } from './long-lists.ts';
import { makeScript, type RedisConnection } from './script.ts';
import { DAY_MS } from '../domain/day.ts';

/** The outcome of an execution, with the status of its row in PostgreSQL. */
export type QueueOutcome =
  | { id: number; status: 'SUCCESS' | 'FAILED' }
  | { id: number; status: 'RETRYING'; dueAt: Date }
  /** This worker does not run the execution: another worker claimed it, or it was cancelled. No row has this status. */
  | { id: number; status: 'DROPPED' };

/** How long a day's counts are kept after its end. They are used only on that day, but callers' clocks differ a little. */
const KEPT_AFTER_DAY_MS = 60 * 60 * 1_000;

export function makeSettle(redis: RedisConnection, keys: Keys, { maxFinished }: { maxFinished: number }) {
  const settleBatch = makeScript(redis, 'settle', z.int());

  /**
   * Ends executions that the worker holds. A call may be repeated. Resolves with the number of outcomes that had an effect. A
   * retry of an execution that the worker no longer holds has no effect; the next tick enqueues it if PostgreSQL still has it
   * open. A completed or failed execution counts on the UTC day of `nowMs`, once for each id. Several workers may report the
   * same end, if each passes the instant at which PostgreSQL recorded it.
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
          joined(batch.map(({ id }) => id)),
          joined(batch.map(({ status }) => status)),
          joined(batch.map((outcome) => (outcome.status === 'RETRYING' ? outcome.dueAt.getTime() : 0))),
        ],
      ),
    );
    return sum(counts);
  };
}

type SettleRequest = { workerId: string; nowMs: number; outcomes: readonly QueueOutcome[] };
