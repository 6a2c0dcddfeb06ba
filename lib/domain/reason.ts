/**
 * Why an attempt failed, or why an execution failed, waits for a retry, was cancelled or was skipped. The codes are stable, and no
 * check constraint lists them: a version that adds a code needs no migration.
 */
export const reasonCodes = [
  // The target answered, but not with success.
  'STATUS_NOT_SUCCESS',
  // Its status is one that ends the retries (stopOn).
  'STOP_STATUS',
  // Its status is a success, but its body lacks the text that success.contains names.
  'TEXT_NOT_FOUND',
  // It answered 429 or 503 and asked for a pause (Retry-After). The next attempt spends no retry.
  'ASKED_TO_WAIT',
  // The response began, and ended before it was complete.
  'RESPONSE_CUT',
  'TIMED_OUT',
  // No connection, or it ended before an answer began.
  'CONNECTION_FAILED',
  // The address or the port may not be called.
  'TARGET_REFUSED',
  // Nothing was sent: the request could not be read, or its secrets could not be opened.
  'REQUEST_UNREADABLE',
  'SECRETS_UNREADABLE',
  // Nothing was sent: the request was ready so late that its claim could have ended before the answer.
  'READY_TOO_LATE',
  // An attempt would begin, or would have begun, later than maxAgeSeconds after the execution time.
  'TOO_OLD',
  // The outcome is unknown.
  'WORKER_VANISHED',
  'JOB_PAUSED',
  'JOB_DELETED',
  'SCHEDULE_CHANGED',
  'BECAME_AT_MOST_ONCE',
  'CANCELLED_BY_CALLER',
  // The occurrences were missed, and a later one ran instead of them.
  'MISFIRE',
] as const;

export type ReasonCode = (typeof reasonCodes)[number];

/** Why executions are taken back, and the error message of their history. */
export const takeBackMessages = {
  JOB_PAUSED: 'the job was paused',
  JOB_DELETED: 'the job was deleted',
  SCHEDULE_CHANGED: 'the schedule was changed',
  BECAME_AT_MOST_ONCE: 'the job became AT_MOST_ONCE',
} as const satisfies Partial<Record<ReasonCode, string>>;

export type TakeBackReason = keyof typeof takeBackMessages;
