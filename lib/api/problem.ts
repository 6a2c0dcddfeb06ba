import { STATUS_CODES } from 'node:http';
import type { APIGatewayProxyResult } from 'aws-lambda';
import {
  BelfryError,
  ExecutionNotRetryableError,
  type FieldError,
  JobKeyTakenError,
  RequestUnderWayError,
  UnavailableError,
  ValidationError,
} from '../domain/errors.ts';
import { MethodNotAllowedError, RateLimitedError, UnauthorizedError } from './errors.ts';
import { statusOf } from './error-status.ts';
import { jsonReply } from './reply.ts';
import type { Problem } from './problem-schema.ts';

const MAX_ERRORS_SHOWN = 100;

/** Makes a problem response (RFC 9457). The type is always `about:blank`; programs distinguish problems by `code`. */
export function problemReply(error: unknown): APIGatewayProxyResult {
  const problem = describe(error);
  return jsonReply(problem.status, problem, {
    'content-type': 'application/problem+json',
    ...headersFor(error),
  });
}

function describe(error: unknown): Problem {
  // The message of an unknown error may contain anything, so it is only in the log.
  if (!(error instanceof BelfryError)) {
    const detail =
      'an internal error occurred; find it in the log of Belfry by the x-request-id of this response';
    return { ...frame(500), detail, code: 'INTERNAL_ERROR' };
  }
  const { code, message } = error;
  const status = statusOf(error);
  if (error instanceof ExecutionNotRetryableError && error.executionId !== undefined)
    return { ...frame(status), detail: message, code, executionId: error.executionId };
  if (!(error instanceof ValidationError)) return { ...frame(status), detail: message, code };
  const { errors } = error;
  return {
    ...frame(status),
    detail: summarise(errors),
    code,
    ...(error instanceof JobKeyTakenError && { jobId: error.jobId }),
    errors: errors.slice(0, MAX_ERRORS_SHOWN),
    ...(errors.length > MAX_ERRORS_SHOWN && { errorCount: errors.length }),
  };
}

const frame = (status: number) => ({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status });

function summarise(errors: readonly FieldError[]): string {
  const [first] = errors;
  if (first === undefined) return 'the request is invalid';
  const item = first.index === undefined ? '' : `item ${first.index}, `;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : '';
  return `${item}${first.field}: ${first.message}${more}`;
}

function headersFor(error: unknown): Record<string, string> {
  if (error instanceof MethodNotAllowedError) return { allow: error.allowed.join(', ') };
  if (error instanceof UnauthorizedError) return { 'www-authenticate': 'Bearer realm="belfry"' };
  if (
    error instanceof RateLimitedError ||
    error instanceof UnavailableError ||
    error instanceof RequestUnderWayError
  )
    return { 'retry-after': String(error.retryAfterSeconds) };
  return {};
}
