import type { BelfryError } from '../domain/errors.ts';

/** The HTTP status of each error code of the domain and of the API. */
const statuses = new Map([
  ['VALIDATION_ERROR', 400],
  ['INVALID_SCHEDULE', 400],
  ['UNAUTHORIZED', 401],
  ['FORBIDDEN', 403],
  ['NOT_FOUND', 404],
  ['JOB_NOT_FOUND', 404],
  ['SCHEDULE_NOT_FOUND', 404],
  ['EXECUTION_NOT_FOUND', 404],
  ['FAILURE_GROUP_NOT_FOUND', 404],
  ['API_KEY_NOT_FOUND', 404],
  ['OPERATION_NOT_FOUND', 404],
  ['OPERATION_NOT_RUNNING', 409],
  ['SIGNING_KEY_NOT_FOUND', 404],
  ['METHOD_NOT_ALLOWED', 405],
  ['API_KEY_NAME_TAKEN', 409],
  ['REQUEST_UNDER_WAY', 409],
  ['SECRET_SHOWN', 409],
  ['JOB_KEY_TAKEN', 409],
  ['API_KEY_PROTECTED', 409],
  ['SIGNING_KEY_LIMIT', 409],
  ['SIGNING_KEY_PROTECTED', 409],
  ['SIGNING_KEY_UNREADABLE', 409],
  ['EXECUTION_NOT_RETRYABLE', 409],
  ['EXECUTION_ENDED', 409],
  ['PRECONDITION_FAILED', 412],
  ['PAYLOAD_TOO_LARGE', 413],
  ['URI_TOO_LONG', 414],
  ['UNSUPPORTED_MEDIA_TYPE', 415],
  ['IDEMPOTENCY_KEY_REUSED', 422],
  ['RATE_LIMITED', 429],
  ['HEADERS_TOO_LARGE', 431],
  ['UNAVAILABLE', 503],
  ['TIMED_OUT', 503],
]);

/** Returns the HTTP status of an error. A code that is missing in the table is a bug, which a unit test finds. */
export const statusOf = ({ code }: BelfryError): number => statuses.get(code) ?? 500;
