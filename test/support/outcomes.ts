import type { NewAttempt } from '../../lib/db/attempts.ts';

/** The outcome of a first attempt that succeeded, for a claimed execution. */
export const succeeded = {
  status: 'SUCCESS',
  durationMs: 3,
  statusCode: 200,
  reason: null,
  errorMessage: null,
  dueAt: null,
  latenessMs: 0,
} as const;

/** The outcome of an attempt whose target answered 503, with a retry at the instant. */
export const retryAt = (dueAt: Date) =>
  ({
    status: 'RETRYING',
    spendsRetry: true,
    durationMs: 3,
    statusCode: 503,
    reason: 'STATUS_NOT_SUCCESS',
    errorMessage: 'the target answered 503',
    dueAt,
    latenessMs: 0,
  }) as const;

/** The row of a first attempt whose target answered 503. */
export const failedAttempt = (
  execution: Pick<NewAttempt, 'executionId' | 'executionTime'>,
  fields: Partial<NewAttempt> = {},
): NewAttempt => ({
  ...execution,
  number: 1,
  status: 'FAILED',
  startedAt: execution.executionTime,
  finishedAt: execution.executionTime,
  durationMs: 3,
  latenessMs: 0,
  reason: 'STATUS_NOT_SUCCESS',
  errorCode: null,
  errorMessage: 'the target answered 503',
  statusCode: 503,
  isConnectionReused: true,
  firstByteMs: 2,
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  retryAt: null,
  response: { headers: { a: 'b' }, body: 'try later', bodyEncoding: 'utf8', bodyBytes: 9 },
  ...fields,
});
