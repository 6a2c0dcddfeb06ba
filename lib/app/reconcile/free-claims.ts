import { freeExpiredClaims, listExpiredClaims } from '../../db/reconcile-executions.ts';
import { deleteUncountedFailures, listUncountedFailures } from '../../db/uncounted-failures.ts';
import { dayOf } from '../../redis/keys.ts';
import { logFailed } from '../log-failed.ts';
import { readDelays } from '../read-delays.ts';
import { makeDrain } from './drain.ts';
import type { ReconcileDeps, ReconcileRun } from './reconcile-deps.ts';

/** The worker id for executions that no worker holds. No worker has this id. */
const NO_WORKER = 'no-worker';

/** Frees the claims of vanished workers. Returns their number, and how many of the executions ended FAILED. */
export type FreeClaims = (run: ReconcileRun) => Promise<{ freed: number; failed: number }>;

export function makeFreeClaims({ pool, queue, clock, logger, settings }: ReconcileDeps): FreeClaims {
  const { executionsPerBatch: limit, recordingGraceMs } = settings;
  const drain = makeDrain(clock, limit);

  /**
   * Gives workers time to record outcomes. During an outage of PostgreSQL, workers cannot record outcomes, and leases
   * end. Workers record them as soon as PostgreSQL is back. A tick that freed the claims first would send requests
   * again, or record their outcome as unknown.
   */
  const waitForOutcomes = async (): Promise<void> => {
    const now = new Date(clock.nowMs());
    if (recordingGraceMs === 0 || (await listExpiredClaims(pool, now, 1)).length === 0) return;
    await clock.sleepUntil(clock.nowMs() + recordingGraceMs);
  };

  /** Counts failures in Redis. Failures that Redis cannot count now stay in PostgreSQL for the next tick. */
  const countFailures = async ({ deadlineMs, attempts }: ReconcileRun): Promise<void> => {
    await drain(deadlineMs, async () => {
      const failures = await listUncountedFailures(pool, limit);
      for (const sameDay of Map.groupBy(failures, ({ failedAt }) => dayOf(failedAt.getTime())).values()) {
        const ids = sameDay.map(({ executionId }) => executionId);
        const nowMs = sameDay[0]?.failedAt.getTime() ?? 0;
        const outcomes = ids.map((id) => ({ id, status: 'FAILED' as const }));
        const counted = await attempts.tryPart('Redis', () =>
          queue.settle({ workerId: NO_WORKER, nowMs, outcomes }),
        );
        if (counted === undefined) return 0;
        await deleteUncountedFailures(pool, ids);
      }
      return failures.length;
    });
  };

  return async (run) => {
    await waitForOutcomes();
    let failed = 0;
    const freed = await drain(run.deadlineMs, async () => {
      const now = new Date(clock.nowMs());
      const expired = await listExpiredClaims(pool, now, limit);
      if (expired.length === 0) return 0;
      const delayed = await run.attempts.tryPart('Redis', () => readDelays(queue, expired));
      const claims = await freeExpiredClaims(pool, now, limit, delayed);
      const ended = claims.flatMap(({ id, jobId, status, errorMessage }) =>
        status === 'FAILED' ? [{ executionId: id, jobId, status, reason: errorMessage }] : [],
      );
      logFailed(logger, ended);
      failed += ended.length;
      return claims.length;
    });
    await countFailures(run);
    return { freed, failed };
  };
}
