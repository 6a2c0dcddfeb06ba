import type { Exchange } from './exchange.ts';
import type { JobType } from './job.ts';
import type { ReasonCode } from './reason.ts';

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;

/** Returns the delay before retry number `retry` (1 is the first): 1 s, 2 s, 4 s, 8 s … and at most 5 minutes. */
export function backoffMs(retry: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(retry - 1, 30), LONGEST_BACKOFF_MS);
}

/** The result of an attempt. Durations are in milliseconds, from the start of the request to its end. */
export type AttemptResult =
  /** A complete response, or the part of it that Belfry reads. Its status decides. */
  | ({ kind: 'answered'; durationMs: number; statusCode: number } & Exchange)
  /** `statusCode` is set if the response had begun. */
  | ({ kind: 'timedOut'; durationMs: number; timeoutMs: number; statusCode?: number } & Exchange)
  /** `cause` is the code or name of an error. `statusCode` is set if the response had begun. */
  | ({ kind: 'connectionFailed'; durationMs: number; cause: string; statusCode?: number } & Exchange)
  /** A caller cancelled the execution while the request was under way. The target may have received it. */
  | ({ kind: 'brokenOff'; durationMs: number; statusCode?: number } & Exchange)
  /** The request was not sent. A retry may help. */
  | { kind: 'notSent'; code: ReasonCode; reason: string }
  /** The request was not sent, and a retry would not help. */
  | { kind: 'refused'; code: ReasonCode; reason: string };

/** The state of the execution after an attempt, with the values for its row. */
export type NextState = { durationMs: number; statusCode: number | null } & (
  | { status: 'SUCCESS'; reason: null; errorMessage: null; dueAt: null }
  | { status: 'FAILED'; reason: ReasonCode; errorMessage: string; dueAt: null }
  /** `dueAt` is when the retry is due. */
  | { status: 'RETRYING'; reason: ReasonCode; errorMessage: string; dueAt: Date }
);

/** Decides the state of an execution after an attempt. `retryCount` is the number of retries before this attempt. */
export function decideNextState(
  result: AttemptResult,
  execution: { type: JobType; retryCount: number; maxRetryCount: number },
  nowMs: number,
): NextState {
  const measured = {
    durationMs: 'durationMs' in result ? result.durationMs : 0,
    statusCode: 'statusCode' in result ? (result.statusCode ?? null) : null,
  };
  if (isSuccess(result)) {
    return { ...measured, status: 'SUCCESS', reason: null, errorMessage: null, dueAt: null };
  }
  const failure = { ...measured, reason: reasonOf(result), errorMessage: describeFailure(result) };
  const mayRetry = execution.type !== 'AT_MOST_ONCE' && execution.retryCount < execution.maxRetryCount;
  if (result.kind === 'refused' || result.kind === 'brokenOff' || !mayRetry) {
    return { ...failure, status: 'FAILED', dueAt: null };
  }
  const dueAt = new Date(nowMs + backoffMs(execution.retryCount + 1));
  return { ...failure, status: 'RETRYING', dueAt };
}

/** A 2xx is success (RFC 9110, 15.3). */
const isSuccess = (result: AttemptResult): boolean =>
  result.kind === 'answered' && result.statusCode >= 200 && result.statusCode <= 299;

/** Returns the stable code of a failure. */
export function reasonOf(result: AttemptResult): ReasonCode {
  switch (result.kind) {
    case 'answered':
      return 'STATUS_NOT_SUCCESS';
    case 'timedOut':
      return 'TIMED_OUT';
    case 'connectionFailed':
      return result.statusCode === undefined ? 'CONNECTION_FAILED' : 'RESPONSE_CUT';
    case 'brokenOff':
      return 'CANCELLED_BY_CALLER';
    case 'notSent':
    case 'refused':
      return result.code;
  }
}

/**
 * Describes a failure for the history. The message contains nothing from the request: only fixed text, codes and names.
 */
export function describeFailure(result: AttemptResult): string {
  switch (result.kind) {
    case 'answered':
      return `the target answered ${result.statusCode}`;
    case 'timedOut':
      return `no complete response within ${result.timeoutMs} ms`;
    case 'connectionFailed':
      return result.statusCode === undefined
        ? `the request failed: ${result.cause}`
        : `the response (${result.statusCode}) ended early: ${result.cause}`;
    case 'brokenOff':
      return 'the connection was closed during the request; the target may continue';
    case 'notSent':
    case 'refused':
      return result.reason;
  }
}
