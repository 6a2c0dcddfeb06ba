import type { JobType } from './job.ts';

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;

/** Wait before retry number `retry` (1 is the first): 1 s, 2 s, 4 s, 8 s … and at most 5 minutes. */
export function backoffMs(retry: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(retry - 1, 30), LONGEST_BACKOFF_MS);
}

/** What one HTTP request came to. */
export type AttemptResult =
  | { kind: 'succeeded'; durationMs: number; statusCode: number }
  | { kind: 'failed'; durationMs: number; reason: string }
  /** It did not leave, and will not however often it is tried. */
  | { kind: 'refused'; durationMs: number; reason: string };

/** What becomes of the execution after it. */
export type AttemptOutcome =
  | { kind: 'succeeded'; durationMs: number }
  | { kind: 'failed'; durationMs: number; reason: string }
  | { kind: 'retry'; durationMs: number; reason: string; dueMs: number };

/** @param retryCount retries done before this attempt. */
export function decideOutcome(
  result: AttemptResult,
  execution: { type: JobType; retryCount: number; maxRetryCount: number },
  nowMs: number,
): AttemptOutcome {
  if (result.kind === 'succeeded') return { kind: 'succeeded', durationMs: result.durationMs };
  const { durationMs, reason } = result;
  const mayRetry = execution.type !== 'AT_MOST_ONCE' && execution.retryCount < execution.maxRetryCount;
  if (result.kind === 'refused' || !mayRetry) {
    return { kind: 'failed', durationMs, reason };
  }
  return { kind: 'retry', durationMs, reason, dueMs: nowMs + backoffMs(execution.retryCount + 1) };
}
