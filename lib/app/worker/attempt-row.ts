import type { NewAttempt } from '../../db/attempts.ts';
import { keepResponse, type KeptResponse } from '../../domain/kept-response.ts';
import type { AttemptResult, NextState } from '../../domain/retry.ts';
import { attemptNumber, type ClaimedAttempt } from './claim-taken.ts';

/** The end of an attempt. `latenessMs` is how long after its due instant the request left; null if it did not leave. */
export type AttemptEnd = { result: AttemptResult; latenessMs: number | null };

/**
 * Makes the row of an attempt, with what is kept of its response. An attempt that succeeded has a row only if the job keeps
 * every response.
 */
export function toAttemptRow(
  attempt: ClaimedAttempt,
  { result, latenessMs }: AttemptEnd,
  next: NextState,
  nowMs: number,
): NewAttempt | undefined {
  const { id, payload, dueMs } = attempt;
  const mode = payload.keepResponse ?? 'failures';
  if (next.status === 'SUCCESS' && mode !== 'always') return undefined;
  const timings = 'timings' in result ? result.timings : undefined;
  return {
    executionId: id,
    executionTime: new Date(payload.executionTimeMs),
    number: attemptNumber(attempt),
    status: next.status === 'SUCCESS' ? 'SUCCESS' : 'FAILED',
    startedAt: latenessMs === null ? null : new Date(dueMs + latenessMs),
    finishedAt: new Date(nowMs),
    durationMs: 'durationMs' in result ? result.durationMs : null,
    latenessMs,
    reason: next.reason,
    errorCode: result.kind === 'connectionFailed' ? result.cause : null,
    errorMessage: next.errorMessage,
    statusCode: next.statusCode,
    isConnectionReused: timings?.isReused ?? null,
    firstByteMs: timings?.firstByteMs ?? null,
    dnsMs: timings?.dnsMs ?? null,
    connectMs: timings?.connectMs ?? null,
    tlsMs: timings?.tlsMs ?? null,
    retryAt: next.dueAt,
    response: mode === 'never' ? null : keptOf(result),
  };
}

function keptOf(result: AttemptResult): KeptResponse | null {
  if (!('response' in result) || result.response === undefined) return null;
  return keepResponse(result.response, result.secrets);
}
