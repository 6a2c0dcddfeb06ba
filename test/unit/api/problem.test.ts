import { expect, test } from 'vitest';
import * as errors from '../../../lib/domain/errors.ts';
import { problemReply } from '../../../lib/api/problem.ts';

test.each([
  [new errors.ValidationError([{ field: 'a', message: 'b' }]), 400, 'VALIDATION_ERROR', 'Bad Request'],
  [new errors.InvalidScheduleError('timeZone', 'b'), 400, 'INVALID_SCHEDULE', 'Bad Request'],
  [new errors.BatchError('INVALID_SCHEDULE', []), 400, 'INVALID_SCHEDULE', 'Bad Request'],
  [new errors.UnauthorizedError('missing'), 401, 'UNAUTHORIZED', 'Unauthorized'],
  [new errors.ForbiddenError('read'), 403, 'FORBIDDEN', 'Forbidden'],
  [new errors.JobNotFoundError(5), 404, 'JOB_NOT_FOUND', 'Not Found'],
  [new errors.ScheduleNotFoundError(5), 404, 'SCHEDULE_NOT_FOUND', 'Not Found'],
  [new errors.NotFoundError('/a'), 404, 'NOT_FOUND', 'Not Found'],
  [new errors.MethodNotAllowedError('PUT', '/a', ['GET']), 405, 'METHOD_NOT_ALLOWED', 'Method Not Allowed'],
  [new errors.PayloadTooLargeError(5), 413, 'PAYLOAD_TOO_LARGE', 'Payload Too Large'],
  [new errors.UnsupportedMediaTypeError(), 415, 'UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type'],
  [new Error('secret'), 500, 'INTERNAL_ERROR', 'Internal Server Error'],
  [new errors.UnavailableError('Redis'), 503, 'UNAVAILABLE', 'Service Unavailable'],
  [new errors.TimedOutError(), 503, 'TIMED_OUT', 'Service Unavailable'],
])('%s is a problem %i %s', (error, status, code, title) => {
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
])('%# shows at most 100 errors and then counts them', (fieldErrors, detail, errorCount) => {
  const problem = JSON.parse(problemReply(new errors.ValidationError(fieldErrors)).body);
  expect(problem).toMatchObject({ detail, errors: fieldErrors.slice(0, 100) });
  expect(problem.errorCount).toBe(errorCount);
});
