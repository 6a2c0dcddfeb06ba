import { recordOutcomes, type ExecutionOutcome, type RecordedOutcome } from '../../db/record-outcomes.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import { UnavailableError } from '../../domain/errors.ts';
import type { AttemptOutcome } from '../../domain/retry.ts';
import { planWakeUps } from '../../domain/wake-up-plan.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { Queue } from '../../redis/queue.ts';
import type { QueueOutcome } from '../../redis/settle.ts';
import type { PublishWakeUps } from '../../sqs/publish-wake-ups.ts';
import type { ClaimedAttempt } from './claim-taken.ts';
import { logFailed } from './log-failed.ts';
import type { SettleRefused } from './settle-refused.ts';

/** Outcomes a statement records; measured best between 100 and 500. */
const OUTCOMES_PER_BATCH = 500;
const RETRY_AFTER_MS = 1_000;

export type OutcomeCounts = { succeeded: number; failed: number; retried: number; claimsLost: number };

export type OutcomeRecorder = {
  record: (attempt: ClaimedAttempt, outcome: AttemptOutcome) => void;
  /** Outcomes not yet recorded everywhere. */
  pendingCount: () => number;
  counts: Readonly<OutcomeCounts>;
};

/**
 * Records outcomes in batches: while one batch is on its way to PostgreSQL the next one gathers, so batches grow with
 * the load and a single outcome waits for nothing. A batch goes to the queue while the next goes to PostgreSQL.
 *
 * What has been sent must be recorded: while PostgreSQL is away it is tried again, up to the deadline. After that the
 * claim's lease decides.
 */
export function makeOutcomeRecorder(deps: {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  logger: Logger;
  workerId: string;
  settleRefused: SettleRefused;
  deadlineMs: number;
  onRecorded: () => void;
  settings: { wakeUpLeadMs: number; jobsPerWakeUp: number };
}): OutcomeRecorder {
  const { pool, queue, publishWakeUps, clock, logger, settings } = deps;
  const counts: OutcomeCounts = { succeeded: 0, failed: 0, retried: 0, claimsLost: 0 };
  let gathered: (ExecutionOutcome & { jobId: number })[] = [];
  let pending = 0;
  let isFlushing = false;
  let settling: Promise<void> = Promise.resolve();

  /** `atMs` is the instant by which PostgreSQL has them. */
  const writeToDatabase = async (
    batch: readonly ExecutionOutcome[],
  ): Promise<{ recorded: RecordedOutcome[]; atMs: number }> => {
    for (;;) {
      const atMs = clock.nowMs();
      try {
        return { recorded: await recordOutcomes(pool, batch, new Date(atMs)), atMs };
      } catch (error) {
        const againMs = clock.nowMs() + RETRY_AFTER_MS;
        if (!(error instanceof UnavailableError) || againMs > deps.deadlineMs) throw error;
        await clock.sleepUntil(againMs);
      }
    }
  };

  const count = (outcomes: readonly QueueOutcome[]): void => {
    for (const { outcome } of outcomes) {
      if (outcome === 'completed') counts.succeeded += 1;
      else if (outcome === 'failed') counts.failed += 1;
      else if (outcome === 'retry') counts.retried += 1;
      else counts.claimsLost += 1;
    }
  };

  const settleInQueue = async (outcomes: readonly QueueOutcome[], atMs: number): Promise<void> => {
    const recorded = outcomes.filter(({ outcome }) => outcome !== 'dropped');
    if (recorded.length > 0) await queue.settle({ workerId: deps.workerId, nowMs: atMs, outcomes: recorded });
    const retries = outcomes.flatMap((outcome) => (outcome.outcome === 'retry' ? [outcome.dueMs] : []));
    const { wakeUpLeadMs: leadMs, jobsPerWakeUp } = settings;
    const nowMs = clock.nowMs();
    await publishWakeUps(planWakeUps(retries, new Map(), { nowMs, leadMs, jobsPerWakeUp }));
    await deps.settleRefused(outcomes.filter(({ outcome }) => outcome === 'dropped').map(({ id }) => id));
  };

  const flushOnce = async (): Promise<void> => {
    const batch = gathered.slice(0, OUTCOMES_PER_BATCH);
    gathered = gathered.slice(OUTCOMES_PER_BATCH);
    const done = (): void => {
      pending -= batch.length;
      deps.onRecorded();
    };
    try {
      const { recorded, atMs } = await writeToDatabase(batch);
      const statuses = new Map(recorded.map(({ id, status }) => [id, status]));
      const outcomes = batch.map((outcome) => toQueueOutcome(outcome, statuses.get(outcome.id)));
      count(outcomes);
      logFailed(
        logger,
        batch.flatMap(({ id, jobId, errorMessage }) =>
          statuses.get(id) === 'FAILED'
            ? [{ executionId: id, jobId, status: 'FAILED' as const, reason: errorMessage }]
            : [],
        ),
      );
      await settling;
      settling = settleInQueue(outcomes, atMs)
        // PostgreSQL knows; what the queue keeps of it, the next tick clears up.
        .catch((error: unknown) => logger.warn('queue_not_settled', { error: errorField(error) }))
        .finally(done);
    } catch (error) {
      logger.error('outcomes_not_recorded', { executions: batch.length, error: errorField(error) });
      done();
    }
  };

  const flush = async (): Promise<void> => {
    isFlushing = true;
    while (gathered.length > 0) await flushOnce();
    isFlushing = false;
  };

  return {
    counts,
    pendingCount: () => pending,
    record: (attempt, outcome) => {
      pending += 1;
      gathered.push({ ...toExecutionOutcome(attempt, outcome), jobId: attempt.payload.jobId });
      // Begun in a later turn, so that all responses that arrived in this one are in the first batch.
      if (!isFlushing) {
        isFlushing = true;
        setImmediate(() => void flush());
      }
    },
  };
}

function toExecutionOutcome(attempt: ClaimedAttempt, outcome: AttemptOutcome): ExecutionOutcome {
  const base = {
    id: attempt.id,
    executionTime: new Date(attempt.payload.executionTimeMs),
    claimToken: attempt.claimToken,
    durationMs: outcome.durationMs,
  };
  switch (outcome.kind) {
    case 'succeeded':
      return { ...base, status: 'SUCCESS', errorMessage: null, dueAt: null };
    case 'failed':
      return { ...base, status: 'FAILED', errorMessage: outcome.reason, dueAt: null };
    case 'retry':
      return { ...base, status: 'RETRYING', errorMessage: outcome.reason, dueAt: new Date(outcome.dueMs) };
  }
}

/** @param status as PostgreSQL has it now; undefined when the claim was lost. */
function toQueueOutcome(
  outcome: ExecutionOutcome,
  status: RecordedOutcome['status'] | undefined,
): QueueOutcome {
  if (status === 'SUCCESS') return { id: outcome.id, outcome: 'completed' };
  if (status === 'FAILED') return { id: outcome.id, outcome: 'failed' };
  if (status === 'RETRYING' && outcome.dueAt !== null) {
    return { id: outcome.id, outcome: 'retry', dueMs: outcome.dueAt.getTime() };
  }
  return { id: outcome.id, outcome: 'dropped' };
}
