import { expect, test } from 'vitest';
import * as errors from '../../../lib/domain/errors.ts';
import * as apiErrors from '../../../lib/api/errors.ts';
import { problemReply } from '../../../lib/api/problem.ts';

const problems: [Error, number, string, string][] = [
  [new errors.ValidationError([{ field: 'a', message: 'b' }]), 400, 'VALIDATION_ERROR', 'Bad Request'],
  [new errors.InvalidScheduleError('timeZone', 'b'), 400, 'INVALID_SCHEDULE', 'Bad Request'],
  [new apiErrors.UnauthorizedError('missing'), 401, 'UNAUTHORIZED', 'Unauthorized'],
  [new apiErrors.ForbiddenError('read'), 403, 'FORBIDDEN', 'Forbidden'],
  [new apiErrors.TokenTooPowerfulError('calendar'), 403, 'FORBIDDEN', 'Forbidden'],
  [new errors.JobNotFoundError(5), 404, 'JOB_NOT_FOUND', 'Not Found'],
  [new errors.ScheduleNotFoundError(5), 404, 'SCHEDULE_NOT_FOUND', 'Not Found'],
  [new errors.FailureGroupNotFoundError(5), 404, 'FAILURE_GROUP_NOT_FOUND', 'Not Found'],
  [new apiErrors.NotFoundError('/a'), 404, 'NOT_FOUND', 'Not Found'],
  [
    new apiErrors.MethodNotAllowedError('PUT', '/a', ['GET']),
    405,
    'METHOD_NOT_ALLOWED',
    'Method Not Allowed',
  ],
  [new apiErrors.PayloadTooLargeError(5), 413, 'PAYLOAD_TOO_LARGE', 'Payload Too Large'],
  [new apiErrors.UnsupportedMediaTypeError(), 415, 'UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type'],
  [new apiErrors.UriTooLongError(5), 414, 'URI_TOO_LONG', 'URI Too Long'],
  [new apiErrors.RateLimitedError(5), 429, 'RATE_LIMITED', 'Too Many Requests'],
  [
    new apiErrors.HeadersTooLargeError({ count: 5, sizeBytes: 5 }),
    431,
    'HEADERS_TOO_LARGE',
    'Request Header Fields Too Large',
  ],
  [new errors.PreconditionFailedError('a'), 412, 'PRECONDITION_FAILED', 'Precondition Failed'],
  [new errors.JobKeyTakenError([{ key: 'a', jobId: 5 }]), 409, 'JOB_KEY_TAKEN', 'Conflict'],
  [new errors.ExecutionNotFoundError(5), 404, 'EXECUTION_NOT_FOUND', 'Not Found'],
  [new errors.ApiKeyNotFoundError(5), 404, 'API_KEY_NOT_FOUND', 'Not Found'],
  [new errors.OperationNotFoundError(5), 404, 'OPERATION_NOT_FOUND', 'Not Found'],
  [new errors.OperationNotRunningError(5, 'DONE'), 409, 'OPERATION_NOT_RUNNING', 'Conflict'],
  [new errors.ApiKeyNameTakenError('a'), 409, 'API_KEY_NAME_TAKEN', 'Conflict'],
  [new errors.ApiKeyProtectedError('a'), 409, 'API_KEY_PROTECTED', 'Conflict'],
  [new errors.SigningKeyNotFoundError(5), 404, 'SIGNING_KEY_NOT_FOUND', 'Not Found'],
  [new errors.SigningKeyLimitError(5), 409, 'SIGNING_KEY_LIMIT', 'Conflict'],
  [new errors.SigningKeyProtectedError(5), 409, 'SIGNING_KEY_PROTECTED', 'Conflict'],
  [new errors.SigningKeyUnreadableError(5), 409, 'SIGNING_KEY_UNREADABLE', 'Conflict'],
  [new errors.ExecutionNotRetryableError('a'), 409, 'EXECUTION_NOT_RETRYABLE', 'Conflict'],
  [new errors.ExecutionEndedError(5, 'SUCCESS'), 409, 'EXECUTION_ENDED', 'Conflict'],
  [new errors.RequestUnderWayError(), 409, 'REQUEST_UNDER_WAY', 'Conflict'],
  [new apiErrors.SecretShownError('the API key 5', 'revoke it'), 409, 'SECRET_SHOWN', 'Conflict'],
  [new apiErrors.IdempotencyKeyReusedError(), 422, 'IDEMPOTENCY_KEY_REUSED', 'Unprocessable Entity'],
  [new Error('secret'), 500, 'INTERNAL_ERROR', 'Internal Server Error'],
  [new errors.UnavailableError('Redis'), 503, 'UNAVAILABLE', 'Service Unavailable'],
  [new apiErrors.TimedOutError(), 503, 'TIMED_OUT', 'Service Unavailable'],
];

test('the table has every error that Belfry throws on purpose', () => {
  const { BelfryError: _, ...thrown } = { ...errors, ...apiErrors };
  const tested = new Set(problems.map(([error]) => error.constructor.name));
  expect(Object.keys(thrown).filter((name) => !tested.has(name))).toEqual([]);
});

test.each(problems)('%s is a problem %i %s', (error, status, code, title) => {
  const reply = problemReply(error);
  expect(reply).toMatchObject({
    statusCode: status,
    headers: { 'content-type': 'application/problem+json' },
  });
  expect(JSON.parse(reply.body)).toMatchObject({ type: 'about:blank', title, status, code });
  expect(reply.body).not.toContain('secret');
});

test.each([
  [[{ field: 'a', message: 'b' }], 'a: b', undefined],
  [[{ field: 'a', message: 'b', index: 0 }], 'item 0, a: b', undefined],
  [
    Array.from({ length: 2 }, () => ({ field: 'a', message: 'b' })),
    'a: b (and 1 more, see errors)',
    undefined,
  ],
  [
    Array.from({ length: 100 }, () => ({ field: 'a', message: 'b' })),
    'a: b (and 99 more, see errors)',
    undefined,
  ],
  [Array.from({ length: 101 }, () => ({ field: 'a', message: 'b' })), 'a: b (and 100 more, see errors)', 101],
])('problem %# shows at most 100 errors and then counts them', (fieldErrors, detail, errorCount) => {
  const problem = JSON.parse(problemReply(new errors.ValidationError(fieldErrors)).body);
  expect(problem).toMatchObject({ detail, errors: fieldErrors.slice(0, 100) });
  expect(problem.errorCount).toBe(errorCount);
});

test('a problem names the execution that repeats the asked one, and no execution otherwise', () => {
  const bodyOf = (error: Error): unknown => JSON.parse(problemReply(error).body);
  const open = new errors.ExecutionNotRetryableError('a', { executionId: 7 });
  expect(bodyOf(open)).toMatchObject({ code: 'EXECUTION_NOT_RETRYABLE', executionId: 7 });
  expect(bodyOf(new errors.ExecutionNotRetryableError('a'))).not.toHaveProperty('executionId');
});
