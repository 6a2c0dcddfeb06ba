import type { FailureGroup } from '../api/types.ts';

type Reason = NonNullable<FailureGroup['reason']>;

const words: Record<Reason, string> = {
  STATUS_NOT_SUCCESS: 'No success',
  STOP_STATUS: 'Stop status',
  TEXT_NOT_FOUND: 'Text not found',
  ASKED_TO_WAIT: 'Asked to wait',
  RESPONSE_CUT: 'Response cut',
  TIMED_OUT: 'Timed out',
  CONNECTION_FAILED: 'No connection',
  TARGET_REFUSED: 'Address not allowed',
  REQUEST_UNREADABLE: 'Request unreadable',
  SECRETS_UNREADABLE: 'Secrets unreadable',
  READY_TOO_LATE: 'Ready too late',
  TOO_OLD: 'Too old',
  WORKER_VANISHED: 'Worker vanished',
  JOB_PAUSED: 'Job paused',
  JOB_DELETED: 'Job deleted',
  SCHEDULE_CHANGED: 'Schedule changed',
  BECAME_AT_MOST_ONCE: 'At most once',
  CANCELLED_BY_CALLER: 'Cancelled',
  MISFIRE: 'Misfire',
};

/** Why executions fail, in two words: the status of the answer, or what happened instead of one. */
export function causeWords({ reason, statusCode }: Pick<FailureGroup, 'reason' | 'statusCode'>): string {
  const isByText = reason === 'TEXT_NOT_FOUND' || reason === 'RESPONSE_CUT';
  if (statusCode !== null && !isByText) return `HTTP ${statusCode}`;
  return reason === null ? 'Failed' : words[reason];
}

/** The message that failures have in common. A group is found by its form, in which numbers and ids are left open. */
export const messageOf = ({ message, statusCode }: Pick<FailureGroup, 'message' | 'statusCode'>): string =>
  message
    .replace(/(?<=^the target answered )\{n\}/, statusCode === null ? '…' : String(statusCode))
    .replaceAll(/\{(?:n|id)\}/g, '…');

/** Where executions fail: host and path. */
export const placeOf = ({ host, path }: Pick<FailureGroup, 'host' | 'path'>): string => `${host}${path}`;
