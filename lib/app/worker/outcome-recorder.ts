import { recordOutcomes, type ExecutionOutcome, type RecordedOutcome } from '../../db/record-outcomes.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import { UnavailableError } from '../../domain/errors.ts';
import type { AttemptResult } from '../../domain/retry.ts';
import { planWakeUps } from '../../domain/wake-up-plan.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { Queue } from '../../redis/queue.ts';
import type { QueueOutcome } from '../../redis/settle.ts';
import type { ClaimedAttempt } from './claim-taken.ts';
import { logFailed } from '../log-failed.ts';
import type { HostCounts } from './host-counts.ts';
import { type JobOutcome, toJobOutcome } from './job-outcome.ts';
import type { SettleRefused } from './settle-refused.ts';
import type { WakeOthers } from './wake-others.ts';

/** Maximum number of outcomes in one statement. Statements with 100 to 500 were the fastest. */
const OUTCOMES_PER_BATCH = 500;
/** Maximum length of the kept bodies in one statement. */
const BODY_LENGTH_PER_BATCH = 1_048_576;
const RETRY_AFTER_MS = 1_000;
/**
 * After a batch of at least this many outcomes, the next one gathers for `gatherOutcomesMs`, or until it has `ENOUGH`: PostgreSQL spends
 * 36 µs on an outcome in a batch of 50, and 16 µs in a batch of 500. A busy worker took 78 instead of 87 µs for a job and did
 * 9,600 instead of 8,100 a second (means of 3 interleaved runs). That was with 20 ms and 200 outcomes. With 40 ms and 400 outcomes
 * PostgreSQL's work for a job, the claim included, takes 0.88 times as long, and the worker's 0.93 times (medians of 7 and 4
 * interleaved pairs, n = 10,000 each).
 */
const BUSY_BATCH = 25;
const ENOUGH = 400;

export type OutcomeCounts = { succeeded: number; failed: number; retried: number; claimsLost: number };

const countOf = {
  SUCCESS: 'succeeded',
  FAILED: 'failed',
  RETRYING: 'retried',
  DROPPED: 'claimsLost',
} as const satisfies Record<QueueOutcome['status'], keyof OutcomeCounts>;

export type OutcomeRecorder = {
  /** @param latenessMs how long after its due instant the request left; null if it did not leave. */
  record: (attempt: ClaimedAttempt, result: AttemptResult, latenessMs: number | null) => void;
  /** Tells only the queue: the claims of these executions were refused. */
  drop: (ids: readonly number[]) => void;
  /** Number of outcomes that PostgreSQL or the queue does not have yet. */
  pendingCount: () => number;
  counts: Readonly<OutcomeCounts>;
};

/**
 * Records outcomes in batches. While one batch is on its way to PostgreSQL, and for a moment afterwards if it was a large one, the
 * next one gathers: batches grow with the load, and a single outcome waits for nothing. One batch goes to the queue while the
 * next one goes to PostgreSQL.
 *
 * While PostgreSQL is away, the recorder tries again until the deadline. After that, the lease of the claim decides.
 */
export function makeOutcomeRecorder(deps: {
  pool: Pool;
  queue: Queue;
  clock: Clock;
  logger: Logger;
  workerId: string;
  settleRefused: SettleRefused;
  deadlineMs: number;
  wakeOthers: Pick<WakeOthers, 'send'>;
  /** Called when the queue no longer has these ids in the worker's list. */
  onSettled: (ids: readonly number[]) => void;
  /** Does what follows failed executions. */
  followFailures: () => Promise<void>;
  hostCounts: Pick<HostCounts, 'count'>;
  settings: {
    wakeUpLeadMs: number;
    jobsPerWakeUp: number;
    maxRetryAfterMs: number;
    gatherOutcomesMs: number;
  };
}): OutcomeRecorder {
  const { pool, queue, clock, logger, settings } = deps;
  const counts: OutcomeCounts = { succeeded: 0, failed: 0, retried: 0, claimsLost: 0 };
  let gathered: JobOutcome[] = [];
  let pending = 0;
  let isFlushing = false;
  let settling: Promise<void> = Promise.resolve();

  /** `atMs` is the time of the write, as PostgreSQL has it. */
  const writeToDatabase = async (
    batch: readonly JobOutcome[],
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
    for (const { status } of outcomes) counts[countOf[status]] += 1;
  };

  const settleInQueue = async (outcomes: readonly QueueOutcome[], atMs: number): Promise<void> => {
    const retries = outcomes.flatMap((outcome) =>
      outcome.status === 'RETRYING' ? [outcome.dueAt.getTime()] : [],
    );
    const { wakeUpLeadMs: leadMs, jobsPerWakeUp } = settings;
    const nowMs = clock.nowMs();
    deps.wakeOthers.send(planWakeUps(retries, new Map(), { nowMs, leadMs, jobsPerWakeUp }));
    const recorded = outcomes.filter(({ status }) => status !== 'DROPPED');
    const refusedIds = outcomes.filter(({ status }) => status === 'DROPPED').map(({ id }) => id);
    try {
      if (recorded.length > 0)
        await queue.settle({ workerId: deps.workerId, nowMs: atMs, outcomes: recorded });
    } finally {
      // Called before the refused executions are looked up, because this run may already take a retry again. If the queue was
      // not told, the ids are strays now, and go back.
      deps.onSettled(recorded.map(({ id }) => id));
    }
    try {
      await deps.settleRefused(refusedIds);
    } finally {
      deps.onSettled(refusedIds);
    }
  };

  /** Settles one batch after the other. PostgreSQL has the outcomes: after a failure, the next tick corrects the queue. */
  const settleNext = (outcomes: readonly QueueOutcome[], atMs: number): void => {
    settling = settling
      .then(() => settleInQueue(outcomes, atMs))
      .catch((error: unknown) => logger.warn('queue_not_settled', { error: errorField(error) }))
      .finally(() => {
        pending -= outcomes.length;
        if (pending === 0) gathering?.abort(null);
        // Wakes the loop, which waits for fewer outcomes now.
        deps.onSettled([]);
      });
  };

  let isFollowing = false;
  let mustFollowAgain = false;
  /** Runs once at a time. Failures that are recorded meanwhile need another run. The run of the worker waits for it. */
  const followFailures = (): void => {
    mustFollowAgain = true;
    if (isFollowing) return;
    isFollowing = true;
    pending += 1;
    const follow = async (): Promise<void> => {
      try {
        while (mustFollowAgain) {
          mustFollowAgain = false;
          await deps.followFailures();
        }
      } catch (error) {
        // The next tick does it.
        logger.warn('failures_not_followed', { error: errorField(error) });
      }
      isFollowing = false;
      pending -= 1;
      deps.onSettled([]);
    };
    void follow();
  };

  const flushOnce = async (): Promise<void> => {
    const length = batchLength(gathered);
    const batch = gathered.slice(0, length);
    gathered = gathered.slice(length);
    try {
      const { recorded, atMs } = await writeToDatabase(batch);
      const statuses = new Map(recorded.map(({ id, status }) => [id, status]));
      const outcomes = batch.map((outcome) => toQueueOutcome(outcome, statuses.get(outcome.id)));
      count(outcomes.filter(({ id }) => statuses.get(id) !== 'CANCELLED'));
      logFailed(
        logger,
        batch.flatMap(({ id, jobId, errorMessage }) =>
          statuses.get(id) === 'FAILED'
            ? [{ executionId: id, jobId, status: 'FAILED' as const, reason: errorMessage }]
            : [],
        ),
      );
      await settling;
      settleNext(outcomes, atMs);
      if (outcomes.some(({ status }) => status === 'FAILED')) followFailures();
    } catch (error) {
      logger.error('outcomes_not_recorded', { executions: batch.length, error: errorField(error) });
      pending -= batch.length;
      deps.onSettled(batch.map(({ id }) => id));
    }
  };

  let gathering: AbortController | undefined;
  const gather = async (): Promise<void> => {
    gathering = new AbortController();
    await clock.sleepUntil(clock.nowMs() + settings.gatherOutcomesMs, gathering.signal);
    gathering = undefined;
  };

  const flush = async (): Promise<void> => {
    isFlushing = true;
    while (gathered.length > 0) {
      const isBusy = gathered.length >= BUSY_BATCH;
      await flushOnce();
      if (isBusy && gathered.length < ENOUGH && pending > 0) await gather();
    }
    isFlushing = false;
  };

  return {
    counts,
    pendingCount: () => pending,
    drop: (ids) => {
      pending += ids.length;
      settleNext(
        ids.map((id) => ({ id, status: 'DROPPED' })),
        clock.nowMs(),
      );
    },
    record: (attempt, result, latenessMs) => {
      const outcome = toJobOutcome(
        attempt,
        { result, latenessMs },
        { nowMs: clock.nowMs(), maxPauseMs: settings.maxRetryAfterMs },
      );
      gathered.push(outcome);
      if (latenessMs !== null && result.kind !== 'brokenOff') {
        deps.hostCounts.count(attempt.payload.url, {
          durationMs: outcome.durationMs,
          hasSucceeded: outcome.status === 'SUCCESS',
          hasTimedOut: result.kind === 'timedOut',
        });
      }
      pending += 1;
      if (gathered.length >= ENOUGH) gathering?.abort(null);
      // Starts in a later turn, so that the first batch has all responses of this turn.
      if (!isFlushing) {
        isFlushing = true;
        setImmediate(() => void flush());
      }
    },
  };
}

/** Returns how many outcomes the next statement records: at most 500, and no more kept responses than fit in 1 MiB. */
function batchLength(outcomes: readonly ExecutionOutcome[]): number {
  let bodyLength = 0;
  for (const [index, { attempt }] of outcomes.entries()) {
    if (index === OUTCOMES_PER_BATCH) return index;
    bodyLength += attempt?.response?.body.length ?? 0;
    if (bodyLength > BODY_LENGTH_PER_BATCH) return Math.max(index, 1);
  }
  return outcomes.length;
}

/** @param status the status that was written; undefined when the claim was lost. */
function toQueueOutcome(
  outcome: ExecutionOutcome,
  status: RecordedOutcome['status'] | undefined,
): QueueOutcome {
  if (status === 'RETRYING' && outcome.status === 'RETRYING') return outcome;
  // A withdrawn execution is FAILED instead of RETRYING.
  if (status === 'SUCCESS' || status === 'FAILED') return { id: outcome.id, status };
  // The claim was lost, or a caller cancelled the execution. The statistics of the queue count neither.
  return { id: outcome.id, status: 'DROPPED' };
}
