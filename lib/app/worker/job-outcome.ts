import type { ExecutionOutcome } from '../../db/record-outcomes.ts';
import { type AttemptedExecution, decideNextState } from '../../domain/retry.ts';
import { type AttemptEnd, toAttemptRow } from './attempt-row.ts';
import type { ClaimedAttempt } from './claim-taken.ts';

/** What follows from the end of an attempt, for PostgreSQL, and the job that it is logged with. */
export type JobOutcome = ExecutionOutcome & { jobId: number };

/** Decides what follows from the end of an attempt. */
export function toJobOutcome(
  attempt: ClaimedAttempt,
  end: AttemptEnd,
  at: { nowMs: number; maxPauseMs: number },
): JobOutcome {
  const { id, payload, claimToken, retryCount, putOffCount } = attempt;
  const { result, latenessMs } = end;
  // Each outcome pays for this object. A spread of the payload would take longer.
  const attempted: AttemptedExecution = {
    id,
    executionTimeMs: payload.executionTimeMs,
    type: payload.type,
    retryCount,
    putOffCount,
    maxRetryCount: payload.maxRetryCount,
    retry: payload.retry,
    maxAgeSeconds: payload.maxAgeSeconds,
    stopOn: payload.stopOn,
    success: payload.success,
  };
  const next = decideNextState(result, attempted, at);
  return {
    id,
    jobId: payload.jobId,
    executionTime: new Date(payload.executionTimeMs),
    claimToken,
    latenessMs,
    timings: 'timings' in result ? result.timings : undefined,
    group: payload.group,
    delays: payload.delays,
    attempt: toAttemptRow(attempt, end, next, at.nowMs),
    ...next,
  };
}
