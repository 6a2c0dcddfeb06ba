import { findEnded, findToCome } from '../../db/ended-executions.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import { dayOf } from '../../redis/keys.ts';
import type { Queue } from '../../redis/queue.ts';

export type SettleRefused = (ids: readonly number[]) => Promise<void>;

/**
 * Settles executions whose claim was refused or lost.
 *
 * - It has ended, in a tick, or in a worker that did not tell the queue: the queue counts the end now, on the day it ended,
 *   unless it was counted then.
 * - It is not due yet, since the queue had lost its due instant: it goes back with that instant.
 * - Otherwise it is dropped from the queue.
 */
export function makeSettleRefused(deps: {
  pool: Pool;
  queue: Queue;
  clock: Clock;
  workerId: string;
}): SettleRefused {
  const { pool, queue, clock, workerId } = deps;
  return async (ids) => {
    if (ids.length === 0) return;
    const ended = await findEnded(pool, ids);
    const endedIds = new Set(ended.map(({ id }) => id));
    const open = ids.filter((id) => !endedIds.has(id));
    const toCome = await findToCome(pool, open, new Date(clock.nowMs()));
    const entries = toCome.map(({ id, dueAt }) => ({ id, dueMs: dueAt.getTime() }));
    if (entries.length > 0) await queue.release({ workerId, entries });
    const toComeIds = new Set(toCome.map(({ id }) => id));
    const dropped = open.filter((id) => !toComeIds.has(id)).map((id) => ({ id, status: 'DROPPED' as const }));
    if (dropped.length > 0) await queue.settle({ workerId, nowMs: clock.nowMs(), outcomes: dropped });
    for (const [first, ...rest] of Map.groupBy(ended, ({ endedAt }) => dayOf(endedAt.getTime())).values()) {
      if (first === undefined) continue;
      await queue.settle({ workerId, nowMs: first.endedAt.getTime(), outcomes: [first, ...rest] });
    }
  };
}
