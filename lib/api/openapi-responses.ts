import * as z from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { problemSchema } from './resource-schemas.ts';

const requestId = z.string().meta({ description: 'Names the request in the logs.' });
const retryAfter = z.string().meta({ description: 'Seconds to wait; missing where a look comes first.' });
const location = z.string().meta({ description: 'Where the job is.' });
const authenticate = z.string();

/** Of every response. The two about limits are those of a request with a key. */
const common = {
  'x-request-id': requestId,
  'ratelimit-policy': z
    .string()
    .exactOptional()
    .meta({
      description: 'How many requests (`q`) the key may send in a window of `w` seconds. A batch is one.',
      examples: ['"key";q=200;w=2'],
    }),
  ratelimit: z
    .string()
    .exactOptional()
    .meta({
      description:
        'How many are left (`r`), and in how many seconds (`t`) all are there again. Missing while they are not counted.',
      examples: ['"key";r=199;t=1'],
    }),
};

export function success(description: string, schema: z.ZodType): ZodOpenApiResponseObject {
  const headers = z.object(common);
  return { description, headers, content: { 'application/json': { schema } } };
}

export const created = (description: string, schema: z.ZodType): ZodOpenApiResponseObject => ({
  ...success(description, schema),
  headers: z.object({ ...common, location }),
});

export const empty = (description: string): ZodOpenApiResponseObject => ({
  description,
  headers: z.object(common),
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
  400: problem('BadRequest', 'VALIDATION_ERROR, INVALID_SCHEDULE: errors names the fields and what is right'),
  401: problem('Unauthorized', 'UNAUTHORIZED: no key, or not a valid one', {
    'www-authenticate': authenticate,
  }),
  403: problem('Forbidden', 'FORBIDDEN: the key lacks the scope'),
  404: problem('NotFound', 'JOB_NOT_FOUND, SCHEDULE_NOT_FOUND, API_KEY_NOT_FOUND'),
  409: problem('Conflict', 'API_KEY_NAME_TAKEN, API_KEY_PROTECTED: detail says what to do first'),
  413: problem('PayloadTooLarge', 'PAYLOAD_TOO_LARGE'),
  414: problem('UriTooLong', 'URI_TOO_LONG'),
  415: problem('UnsupportedMediaType', 'UNSUPPORTED_MEDIA_TYPE: the body is not application/json'),
  429: problem(
    'TooManyRequests',
    'RATE_LIMITED: the key, or the callers of an open route together, sent too much',
    {
      'retry-after': z.string().meta({ description: 'Seconds to wait.' }),
    },
  ),
  431: problem('HeadersTooLarge', 'HEADERS_TOO_LARGE'),
  500: problem('InternalError', 'INTERNAL_ERROR: logged under the request id'),
  503: problem('Unavailable', 'UNAVAILABLE, TIMED_OUT: look whether it took effect, then try again.', {
    'retry-after': retryAfter.exactOptional(),
  }),
} satisfies Record<number, ZodOpenApiResponseObject>;

export type ProblemStatus = keyof typeof problems;

export const problemResponse = (status: ProblemStatus) => problems[status];

export function problemResponsesFor(statuses: readonly ProblemStatus[]): ZodOpenApiResponsesObject {
  return Object.fromEntries(statuses.map((status) => [String(status), problems[status]]));
}
