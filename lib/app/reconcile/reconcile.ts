import { makeDrain } from './drain.ts';
import { makeFreeClaims } from './free-claims.ts';
import type { ReconcileDeps, ReconcileRun } from './reconcile-deps.ts';
import { makeRequeueAbsent } from './requeue-absent.ts';

export type Reconciled = {
  /** Claims whose worker vanished. The outcome of `failed` of them is unknown, so they ended FAILED. */
  freed: number;
  failed: number;
  reclaimed: number;
  requeued: number;
  overdue: number;
};

export type Reconcile = (run: ReconcileRun) => Promise<Reconciled>;

/**
 * Repairs inconsistencies that a crash left between PostgreSQL, Redis and SQS, in this order:
 *
 * 1. It frees claims whose lease has ended.
 * 2. It returns executions of vanished workers to the queue.
 * 3. It queues executions that are in PostgreSQL but not in the queue.
 * 4. It wakes workers for overdue executions.
 *
 * Every step may be repeated. It stops at the deadline and leaves the rest to the next tick. While Redis is
 * unavailable, it only frees claims.
 */
export function makeReconcile(deps: ReconcileDeps): Reconcile {
  const { queue, publishWakeUps, clock, settings } = deps;
  const freeClaims = makeFreeClaims(deps);
  const requeueAbsent = makeRequeueAbsent(deps);
  const drain = makeDrain(clock, settings.executionsPerBatch);

  /** Returns the executions of vanished workers to the queue. */
  const reclaim = ({ deadlineMs, attempts }: ReconcileRun): Promise<number> =>
    drain(deadlineMs, async () => {
      const page = { nowMs: clock.nowMs(), limit: settings.executionsPerBatch };
      return (await attempts.tryPart('Redis', () => queue.reclaim(page))) ?? 0;
    });

  /** Wakes workers for overdue executions. Returns the number of these executions. */
  const wakeForOverdue = async ({ attempts: { tryPart } }: ReconcileRun): Promise<number> => {
    const overdue = (await tryPart('Redis', () => queue.overdue(clock.nowMs()))) ?? 0;
    if (overdue > 0) {
      const count = Math.min(Math.ceil(overdue / settings.jobsPerWakeUp), settings.maxOverdueWakeUps);
      await tryPart('SQS', () => publishWakeUps([{ delaySeconds: 0, count }]));
    }
    return overdue;
  };

  return async (run) => {
    const { freed, failed } = await freeClaims(run);
    const reclaimed = await reclaim(run);
    const requeued = await requeueAbsent(run);
    const overdue = await wakeForOverdue(run);
    return { freed, failed, reclaimed, requeued, overdue };
  };
}
