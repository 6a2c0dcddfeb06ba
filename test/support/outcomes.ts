/** The outcome of an attempt that succeeded at once, to be recorded for a claimed execution. */
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
