import type { Exchange } from './exchange.ts';
import type { JobType } from './job.ts';
import type { ReasonCode } from './reason.ts';
import { parseHttpDate, parseRetryAfter } from './retry-after.ts';
import { defaultRetryPolicy, jitteredWaitMs, type RetryPolicy } from './retry-policy.ts';
import {
  defaultStopOn,
  defaultSuccess,
  hasStatus,
  type StatusPattern,
  type SuccessRule,
} from './status-pattern.ts';

/** How often the target may put an execution off (Retry-After) before this spends a retry. */
export const MAX_PUT_OFFS = 10;

/** The result of an attempt. Durations are in milliseconds, from the start of the request to its end. */
export type AttemptResult =
  /**
   * A complete response, or the part of it that Belfry reads. Its status decides, and whether it contains the text that the
   * request names.
   */
  | ({ kind: 'answered'; durationMs: number; statusCode: number; isTextFound?: boolean } & Exchange)
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
  /** `dueAt` is when the next attempt is due. It spends no retry if the target has asked for a pause. */
  | { status: 'RETRYING'; reason: ReasonCode; errorMessage: string; dueAt: Date; spendsRetry: boolean }
);

/** An execution as it was before the attempt, and the rules of its job. A rule that is left out is the default. */
export type AttemptedExecution = {
  id: number;
  executionTimeMs: number;
  type: JobType;
  retryCount: number;
  /** How often the target has put it off without spending a retry. */
  putOffCount: number;
  maxRetryCount: number;
  retry?: RetryPolicy | undefined;
  maxAgeSeconds?: number | undefined;
  stopOn?: readonly StatusPattern[] | undefined;
  success?: SuccessRule | undefined;
};

/**
 * Decides the state of an execution after an attempt.
 *
 * @param at.nowMs the end of the attempt. Waits count from it.
 * @param at.maxPauseMs the longest pause that a target may ask for. 0: none.
 */
export function decideNextState(
  result: AttemptResult,
  execution: AttemptedExecution,
  at: { nowMs: number; maxPauseMs: number },
): NextState {
  const { retryCount, maxRetryCount, success = defaultSuccess, stopOn = defaultStopOn } = execution;
  const measured = {
    durationMs: 'durationMs' in result ? result.durationMs : 0,
    statusCode: 'statusCode' in result ? (result.statusCode ?? null) : null,
  };
  const hasGoodStatus = result.kind === 'answered' && hasStatus(success.statuses, result.statusCode);
  if (hasGoodStatus && (success.contains === null || result.isTextFound === true)) {
    return { ...measured, status: 'SUCCESS', reason: null, errorMessage: null, dueAt: null };
  }
  const failure = hasGoodStatus
    ? {
        reason: 'TEXT_NOT_FOUND' as const,
        errorMessage: `the target answered ${result.statusCode}, without the text that success.contains names`,
      }
    : { reason: reasonOf(result), errorMessage: describeFailure(result) };
  const fail = (why: Partial<typeof failure> = {}): NextState => ({
    ...measured,
    ...failure,
    ...why,
    status: 'FAILED',
    dueAt: null,
  });

  // A job without retries sends one request, even if the target asks for another one later.
  const isFinal = result.kind === 'refused' || result.kind === 'brokenOff';
  if (isFinal || execution.type === 'AT_MOST_ONCE' || maxRetryCount === 0) return fail();
  const pauseMs = askedPauseMs(result, at);
  const isPutOff = pauseMs !== undefined && execution.putOffCount < MAX_PUT_OFFS;
  if (!isPutOff && retryCount >= maxRetryCount) return fail();
  if (result.kind === 'answered' && !hasGoodStatus && hasStatus(stopOn, result.statusCode)) {
    return fail({ reason: 'STOP_STATUS', errorMessage: `${failure.errorMessage}, which ends its retries` });
  }
  const backoffMs = isPutOff
    ? 0
    : jitteredWaitMs(execution.retry ?? defaultRetryPolicy, retryCount + 1, execution.id);
  const dueMs = at.nowMs + Math.max(backoffMs, pauseMs ?? 0);
  if (dueMs > latestStartMs(execution)) {
    const errorMessage = `${failure.errorMessage}; its next attempt would begin later than maxAgeSeconds allows`;
    return fail({ reason: 'TOO_OLD', errorMessage });
  }
  const asked = pauseMs === undefined ? '' : `, and asked for a pause of ${Math.ceil(pauseMs / 1_000)} s`;
  return {
    ...measured,
    reason: isPutOff ? 'ASKED_TO_WAIT' : failure.reason,
    errorMessage: `${failure.errorMessage}${asked}`,
    status: 'RETRYING',
    dueAt: new Date(dueMs),
    spendsRetry: !isPutOff,
  };
}

/** Returns the instant after which no attempt of an execution may begin. */
export function latestStartMs({
  executionTimeMs,
  maxAgeSeconds = Infinity,
}: Pick<AttemptedExecution, 'executionTimeMs' | 'maxAgeSeconds'>): number {
  return executionTimeMs + maxAgeSeconds * 1_000;
}

/**
 * Returns the pause that the target asks for with 429 or 503 and Retry-After. Undefined if it asks for none, or for one that
 * has passed. A longer pause than the longest allowed one counts as the longest.
 */
export function askedPauseMs(
  result: AttemptResult,
  { nowMs, maxPauseMs }: { nowMs: number; maxPauseMs: number },
): number | undefined {
  if (result.kind !== 'answered' || (result.statusCode !== 429 && result.statusCode !== 503))
    return undefined;
  const { headers = {} } = result.response ?? {};
  const sentMs = valuesOf(headers['date']).map((date) => parseHttpDate(date, nowMs))[0];
  const pauseMs = parseRetryAfter(valuesOf(headers['retry-after']), sentMs ?? nowMs);
  return pauseMs === undefined || maxPauseMs === 0 ? undefined : Math.min(pauseMs, maxPauseMs);
}

const valuesOf = (header: string | string[] | undefined): string[] =>
  header === undefined ? [] : typeof header === 'string' ? [header] : header;

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
