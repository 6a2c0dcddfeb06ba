import { findOldestUndispatched } from '../db/job-schedules.ts';
import { listOutcomeTotals, readCountedUntil, type OutcomeTotal } from '../db/read-outcome-counts.ts';
import type { Pool } from '../db/pool.ts';
import { inSnapshot } from '../db/transaction.ts';
import { findOldestDue } from '../db/reconcile-executions.ts';
import type { Clock } from '../domain/clock.ts';
import { UnavailableError } from '../domain/errors.ts';
import type { Queue } from '../redis/queue.ts';
import type { QueueStats } from '../redis/stats.ts';

export type ServiceMetrics = {
  totals: readonly OutcomeTotal[];
  /** Undefined before the first tick. */
  countedUntil: Date | undefined;
  /** Undefined while Redis does not respond. */
  queue: QueueStats | undefined;
  oldestDueAgeMs: number;
  /** How long the oldest occurrence has been due that has not started: dispatched or not. */
  schedulerLagMs: number;
};

/**
 * Reads the counts since the first outcome, and the state of the queue. Metrics of the queue are left out while Redis does not
 * respond, so that the others remain when they matter most.
 *
 * @throws UnavailableError when PostgreSQL cannot be reached.
 */
export function makeReadMetrics({
  pool,
  queue,
  clock,
}: {
  pool: Pool;
  queue: Pick<Queue, 'stats'>;
  clock: Clock;
}) {
  const readQueue = async (nowMs: number): Promise<QueueStats | undefined> => {
    try {
      return await queue.stats(nowMs);
    } catch (error) {
      if (error instanceof UnavailableError) return undefined;
      throw error;
    }
  };

  return async (): Promise<ServiceMetrics> => {
    const nowMs = clock.nowMs();
    const now = new Date(nowMs);
    const [depth, stored] = await Promise.all([
      readQueue(nowMs),
      // One snapshot, because the dispatch replaces a schedule by an execution: two could see neither of them.
      inSnapshot(pool, async (tx) => ({
        totals: await listOutcomeTotals(tx),
        countedUntil: await readCountedUntil(tx),
        oldestDue: await findOldestDue(tx, now),
        undispatched: await findOldestUndispatched(tx, now),
      })),
    ]);
    const { totals, countedUntil, oldestDue, undispatched } = stored;
    const ageMs = (due: Date | undefined): number =>
      due === undefined ? 0 : Math.max(0, nowMs - due.getTime());
    const oldestDueAgeMs = ageMs(oldestDue);
    return {
      totals,
      countedUntil,
      queue: depth,
      oldestDueAgeMs,
      schedulerLagMs: Math.max(oldestDueAgeMs, ageMs(undispatched)),
    };
  };
}
