import * as z from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { problemSchema } from './problem-schema.ts';

const requestId = z.string().meta({ description: 'The id of the request in the logs.' });
const retryAfter = z.string().meta({
  description:
    'The number of seconds to wait. Missing if you must first check whether the request took effect.',
});
const location = z.string().meta({ description: 'The path of the job.' });
const authenticate = z.string();

/** The headers of every response. The two headers about limits are only in responses to requests with a key. */
const common = {
  'x-request-id': requestId,
  'ratelimit-policy': z
    .string()
    .exactOptional()
    .meta({
      description:
        'The number of requests (`q`) that the key may send in a window of `w` seconds. A batch is one request.',
      examples: ['"key";q=200;w=2'],
    }),
  ratelimit: z
    .string()
    .exactOptional()
    .meta({
      description:
        'The number of remaining requests (`r`), and the seconds (`t`) until all are available again. Missing while requests are not counted.',
      examples: ['"key";r=199;t=1'],
    }),
};

/** The header of responses with one job. */
export const etag = {
  etag: z.string().meta({
    description:
      'Changes when a request changes a field of the job. Send it as `If-Match` to change only this version.',
    examples: ['"r7"'],
  }),
};

export function success(
  description: string,
  schema: z.ZodType,
  more: Record<string, z.ZodType> = {},
): ZodOpenApiResponseObject {
  const headers = z.object({ ...common, ...more });
  return { description, headers, content: { 'application/json': { schema } } };
}

export const created = (
  description: string,
  schema: z.ZodType,
  more: Record<string, z.ZodType> = {},
): ZodOpenApiResponseObject => success(description, schema, { location, ...more });

export const empty = (
  description: string,
  more: Record<string, z.ZodType> = {},
): ZodOpenApiResponseObject => ({
  description,
  headers: z.object({ ...common, ...more }),
});

function problem(id: string, description: string, headers: Record<string, z.ZodType> = {}) {
  return {
    id,
    description,
    headers: z.object({ ...common, ...headers }),
    content: { 'application/problem+json': { schema: problemSchema } },
  };
}

const problems = {
  400: problem(
    'BadRequest',
    'VALIDATION_ERROR, INVALID_SCHEDULE: `errors` lists the fields and how to correct them',
  ),
  401: problem('Unauthorized', 'UNAUTHORIZED: the key is missing or not valid', {
    'www-authenticate': authenticate,
  }),
  403: problem('Forbidden', 'FORBIDDEN: the key lacks the scope'),
  404: problem(
    'NotFound',
    'JOB_NOT_FOUND, SCHEDULE_NOT_FOUND, EXECUTION_NOT_FOUND, FAILURE_GROUP_NOT_FOUND, API_KEY_NOT_FOUND, SIGNING_KEY_NOT_FOUND',
  ),
  409: problem(
    'Conflict',
    'JOB_KEY_TAKEN, API_KEY_NAME_TAKEN, API_KEY_PROTECTED, SIGNING_KEY_LIMIT, SIGNING_KEY_PROTECTED, SIGNING_KEY_UNREADABLE, EXECUTION_NOT_RETRYABLE, EXECUTION_ENDED, REQUEST_UNDER_WAY, SECRET_SHOWN: `detail` says what to do first',
    { 'retry-after': retryAfter.exactOptional() },
  ),
  412: problem('PreconditionFailed', 'PRECONDITION_FAILED: the job has changed, or exists already'),
  413: problem('PayloadTooLarge', 'PAYLOAD_TOO_LARGE'),
  414: problem('UriTooLong', 'URI_TOO_LONG'),
  415: problem('UnsupportedMediaType', 'UNSUPPORTED_MEDIA_TYPE: the body is not application/json'),
  422: problem('UnprocessableContent', 'IDEMPOTENCY_KEY_REUSED: the key belongs to a different request'),
  429: problem(
    'TooManyRequests',
    'RATE_LIMITED: the key, or all callers of an open route together, sent too many requests',
    {
      'retry-after': z.string().meta({ description: 'The number of seconds to wait.' }),
    },
  ),
  431: problem('HeadersTooLarge', 'HEADERS_TOO_LARGE'),
  500: problem('InternalError', 'INTERNAL_ERROR: the error is in the log with the id of the request'),
  503: problem(
    'Unavailable',
    'UNAVAILABLE, TIMED_OUT: check whether the request took effect, and then try again',
    {
      'retry-after': retryAfter.exactOptional(),
    },
  ),
} satisfies Record<number, ZodOpenApiResponseObject>;

export type ProblemStatus = keyof typeof problems;

export const problemResponse = (status: ProblemStatus) => problems[status];

export function problemResponsesFor(statuses: readonly ProblemStatus[]): ZodOpenApiResponsesObject {
  return Object.fromEntries(statuses.map((status) => [String(status), problems[status]]));
}
