import type { Attempt } from './attempt.ts';
import type { JobExecution } from './execution.ts';
import type { TakeBackReason } from './reason.ts';

/** An execution with all columns of its row. Times are null if they were not measured. */
export type ExecutionRecord = JobExecution & {
  /** How often the target asked to wait, without a retry being spent. */
  putOffCount: number;
  firstByteMs: number | null;
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  isWithdrawn: boolean;
  /** Null if it is not withdrawn, or if an earlier version withdrew it. */
  withdrawnReason: TakeBackReason | null;
  /** The part that dispatched it after its execution time. Null if it was dispatched in time. */
  lateDispatchBy: Dispatcher | null;
  /** When a tick queued it, because it was missing in the queue. */
  requeuedAt: Date | null;
  /** How often, and for how long in total, workers put it off because its host had no room. */
  snoozeCount: number | null;
  snoozedMs: number | null;
  /** The same, because its origin had asked for a pause. */
  heldBackCount: number | null;
  heldBackMs: number | null;
  /** When the claim of its worker ends. Null unless it is running. */
  leaseExpiresAt: Date | null;
  /** Whether its requests carry a `traceparent` of Belfry, by the job as it is now. */
  isTraced: boolean;
  /** The `traceparent` of the request that created the job. */
  createdTraceparent: string | null;
};

/** TICK: the scheduler. API: a request that created or changed the job. */
export type Dispatcher = 'TICK' | 'API';

/**
 * Adds the attempts that need no row: the one that runs, and the last one of an execution that succeeded.
 *
 * @param stored the attempts that have a row, the first one first.
 */
export function completeAttempts(execution: ExecutionRecord, stored: readonly Attempt[]): readonly Attempt[] {
  const { status, startedAt, dueAt } = execution;
  const number = execution.retryCount + execution.putOffCount + 1;
  if (status !== 'RUNNING' && status !== 'SUCCESS') return stored;
  if (stored.some((attempt) => attempt.number === number)) return stored;
  const hasEnded = status === 'SUCCESS';
  // The reverse of how the recorder stores a request that left.
  const latenessMs = startedAt === null || !hasEnded ? null : startedAt.getTime() - dueAt.getTime();
  return [
    ...stored,
    {
      number,
      status,
      startedAt,
      finishedAt: hasEnded ? execution.finishedAt : null,
      durationMs: hasEnded ? execution.executionDuration : null,
      latenessMs,
      reason: null,
      errorCode: null,
      errorMessage: null,
      statusCode: hasEnded ? execution.statusCode : null,
      isConnectionReused: hasEnded && execution.firstByteMs !== null ? execution.connectMs === null : null,
      firstByteMs: hasEnded ? execution.firstByteMs : null,
      dnsMs: hasEnded ? execution.dnsMs : null,
      connectMs: hasEnded ? execution.connectMs : null,
      tlsMs: hasEnded ? execution.tlsMs : null,
      retryAt: null,
      response: null,
    },
  ];
}
