import type { JobType } from './job.ts';

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;

/** Wait before retry number `retry` (1 is the first): 1 s, 2 s, 4 s, 8 s … and at most 5 minutes. */
export function backoffMs(retry: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(retry - 1, 30), LONGEST_BACKOFF_MS);
}

/** What an attempt came to, with its facts. Durations are in milliseconds, from the request's leaving to its end. */
export type AttemptResult =
  /** A whole response, or as much of it as is read; its status decides. */
  | { kind: 'answered'; durationMs: number; statusCode: number }
  | { kind: 'timedOut'; durationMs: number; timeoutMs: number }
  /** `cause` is an error's code or name; `statusCode` is there when the response had begun. */
  | { kind: 'connectionFailed'; durationMs: number; cause: string; statusCode?: number }
  /** Nothing has left; trying again may help. */
  | { kind: 'notSent'; reason: string }
  /** Nothing has left, and nothing will, however often it is tried. */
  | { kind: 'refused'; reason: string };

/** What becomes of the execution after an attempt, in the words of its row. */
export type NextState =
  | { status: 'SUCCESS'; durationMs: number; errorMessage: null; dueAt: null }
  | { status: 'FAILED'; durationMs: number; errorMessage: string; dueAt: null }
  /** `dueAt` is when the retry is due. */
  | { status: 'RETRYING'; durationMs: number; errorMessage: string; dueAt: Date };

/** @param retryCount retries done before this attempt. */
export function decideNextState(
  result: AttemptResult,
  execution: { type: JobType; retryCount: number; maxRetryCount: number },
  nowMs: number,
): NextState {
  const durationMs = 'durationMs' in result ? result.durationMs : 0;
  if (isSuccess(result)) return { status: 'SUCCESS', durationMs, errorMessage: null, dueAt: null };
  const errorMessage = describeFailure(result);
  const mayRetry = execution.type !== 'AT_MOST_ONCE' && execution.retryCount < execution.maxRetryCount;
  if (result.kind === 'refused' || !mayRetry) {
    return { status: 'FAILED', durationMs, errorMessage, dueAt: null };
  }
  const dueAt = new Date(nowMs + backoffMs(execution.retryCount + 1));
  return { status: 'RETRYING', durationMs, errorMessage, dueAt };
}

/** A 2xx is success (RFC 9110, 15.3). */
const isSuccess = (result: AttemptResult): boolean =>
  result.kind === 'answered' && result.statusCode >= 200 && result.statusCode <= 299;

/** For the history: our own words, or a cause's code or name, which carry nothing of the request. */
export function describeFailure(result: AttemptResult): string {
  switch (result.kind) {
    case 'answered':
      return `the target answered ${result.statusCode}`;
    case 'timedOut':
      return `no complete response within ${result.timeoutMs} ms`;
    case 'connectionFailed':
      return result.statusCode === undefined
        ? `the request failed: ${result.cause}`
        : `the response (${result.statusCode}) broke off: ${result.cause}`;
    case 'notSent':
    case 'refused':
      return result.reason;
  }
}
