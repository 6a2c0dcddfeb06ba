import type { Clock } from '../domain/clock.ts';
import { dayOf } from '../redis/keys.ts';
import { planWakeUps } from '../domain/wake-up-plan.ts';
import { findExecutionRequests } from '../db/dispatch-executions.ts';
import {
  freeExpiredClaims,
  listExpiredClaims,
  listWaitingExecutions,
  type WaitingPosition,
} from '../db/reconcile-executions.ts';
import type { Pool } from '../db/pool.ts';
import type { Logger } from '../logger.ts';
import { deleteUncountedFailures, listUncountedFailures } from '../db/uncounted-failures.ts';
import type { Queue } from '../redis/queue.ts';
import type { PublishWakeUps } from '../sqs/publish-wake-ups.ts';
import { makePayloadText } from './execution-payload.ts';
import { logFailed } from './log-failed.ts';
import type { PartAttempts } from './part-attempts.ts';
import { readDelays } from './read-delays.ts';

/** The worker id for executions that no worker holds. No worker has this id. */
const NO_WORKER = 'nobody';

export type ReconcileSettings = {
  lookAheadMs: number;
  wakeUpLeadMs: number;
  jobsPerWakeUp: number;
  /** Waits this long before it frees expired claims, so that their workers can still record outcomes. */
  recordingGraceMs: number;
  /** The number of executions per round trip. */
  executionsPerBatch: number;
  /** The maximum number of wake-ups for overdue executions. Workers send further wake-ups themselves. */
  maxOverdueWakeUps: number;
};

export type ReconcileDeps = {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  logger: Logger;
  settings: ReconcileSettings;
};

export type Reconciled = {
  /** Claims whose worker vanished. The outcome of `failed` of them is unknown, so they ended FAILED. */
  freed: number;
  failed: number;
  reclaimed: number;
  requeued: number;
  overdue: number;
};

export type Reconcile = (options: {
  deadlineMs: number;
  /** Remembers whether Redis or SQS failed earlier in this run. A part that failed is not asked again. */
  attempts: PartAttempts;
}) => Promise<Reconciled>;

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
  const { pool, queue, publishWakeUps, clock, logger, settings } = deps;
  const hasTime = (deadlineMs: number): boolean => clock.nowMs() < deadlineMs;

  /** Repeats a step until it finds less than a full batch. */
  const drain = async (deadlineMs: number, step: () => Promise<number>): Promise<number> => {
    let total = 0;
    while (hasTime(deadlineMs)) {
      const count = await step();
      total += count;
      if (count < settings.executionsPerBatch) break;
    }
    return total;
  };

  /**
   * Queues executions that the queue does not contain. Returns their number, or undefined when Redis does not respond.
   */
  const requeue = async (ids: readonly number[], { tryPart }: PartAttempts): Promise<number | undefined> => {
    const absent = await tryPart('Redis', () => queue.findAbsent(ids));
    if (absent === undefined || absent.length === 0) return absent?.length;
    const executions = await findExecutionRequests(pool, absent);
    const nowMs = clock.nowMs();
    const entries = executions.map((execution) => ({
      id: execution.id,
      dueMs: execution.dueAt.getTime(),
      payload: makePayloadText({ ...execution, delays: { requeuedAtMs: nowMs } })(execution.executionTime),
      queue: execution.isRetry ? ('retry' as const) : ('scheduled' as const),
    }));
    const queued = await tryPart('Redis', () => queue.enqueue(entries, { nowMs }));
    if (queued === undefined) return undefined;
    const wakeUps = planWakeUps(
      entries.filter((entry) => entry.dueMs > nowMs).map((entry) => entry.dueMs),
      new Map(),
      { nowMs, leadMs: settings.wakeUpLeadMs, jobsPerWakeUp: settings.jobsPerWakeUp },
    );
    await tryPart('SQS', () => publishWakeUps(wakeUps));
    return entries.length;
  };

  /** Counts failures in Redis. Failures that Redis cannot count now stay in PostgreSQL for the next tick. */
  const countFailures = async (deadlineMs: number, { tryPart }: PartAttempts): Promise<void> => {
    await drain(deadlineMs, async () => {
      const failures = await listUncountedFailures(pool, settings.executionsPerBatch);
      for (const sameDay of Map.groupBy(failures, ({ failedAt }) => dayOf(failedAt.getTime())).values()) {
        const ids = sameDay.map(({ executionId }) => executionId);
        const nowMs = sameDay[0]?.failedAt.getTime() ?? 0;
        const outcomes = ids.map((id) => ({ id, status: 'FAILED' as const }));
        const counted = await tryPart('Redis', () => queue.settle({ workerId: NO_WORKER, nowMs, outcomes }));
        if (counted === undefined) return 0;
        await deleteUncountedFailures(pool, ids);
      }
      return failures.length;
    });
  };

  const requeueAbsent = async (deadlineMs: number, attempts: PartAttempts): Promise<number> => {
    const horizon = new Date(clock.nowMs() + settings.lookAheadMs);
    let position: WaitingPosition | undefined = { id: 0, dueAt: new Date(0) };
    let requeued = 0;
    while (position !== undefined && hasTime(deadlineMs)) {
      const waiting = await listWaitingExecutions(pool, horizon, position, settings.executionsPerBatch);
      const added = await requeue(
        waiting.map((execution) => execution.id),
        attempts,
      );
      if (added === undefined) break;
      requeued += added;
      position = waiting.length < settings.executionsPerBatch ? undefined : waiting.at(-1);
    }
    return requeued;
  };

  /**
   * Gives workers time to record outcomes. During an outage of PostgreSQL, workers cannot record outcomes, and leases
   * end. Workers record them as soon as PostgreSQL is back. A tick that freed the claims first would send requests
   * again, or record their outcome as unknown.
   */
  const hearWorkers = async (): Promise<void> => {
    const now = new Date(clock.nowMs());
    if (settings.recordingGraceMs === 0 || (await listExpiredClaims(pool, now, 1)).length === 0) return;
    await clock.sleepUntil(clock.nowMs() + settings.recordingGraceMs);
  };

  return async ({ deadlineMs, attempts }) => {
    const { tryPart } = attempts;
    const limit = settings.executionsPerBatch;
    let failed = 0;
    await hearWorkers();
    const freed = await drain(deadlineMs, async () => {
      const now = new Date(clock.nowMs());
      const expired = await listExpiredClaims(pool, now, limit);
      if (expired.length === 0) return 0;
      const delayed = await attempts.tryPart('Redis', () => readDelays(queue, expired));
      const claims = await freeExpiredClaims(pool, now, limit, delayed);
      const ended = claims.flatMap(({ id, jobId, status, errorMessage }) =>
        status === 'FAILED' ? [{ executionId: id, jobId, status, reason: errorMessage }] : [],
      );
      logFailed(logger, ended);
      failed += ended.length;
      return claims.length;
    });
    await countFailures(deadlineMs, attempts);
    const reclaimed = await drain(
      deadlineMs,
      async () => (await tryPart('Redis', () => queue.reclaim({ nowMs: clock.nowMs(), limit }))) ?? 0,
    );
    const requeued = await requeueAbsent(deadlineMs, attempts);
    const overdue = (await tryPart('Redis', () => queue.overdue(clock.nowMs()))) ?? 0;
    if (overdue > 0) {
      const count = Math.min(Math.ceil(overdue / settings.jobsPerWakeUp), settings.maxOverdueWakeUps);
      await tryPart('SQS', () => publishWakeUps([{ delaySeconds: 0, count }]));
    }
    return { freed, failed, reclaimed, requeued, overdue };
  };
}
