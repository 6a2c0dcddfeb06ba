import * as z from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { problemSchema } from './resource-schemas.ts';

const requestId = z.string().meta({ description: 'Names the request in the logs.' });
const retryAfter = z.string().meta({ description: 'Seconds to wait; missing where a look comes first.' });
const location = z.string().meta({ description: 'Where the job is.' });
const authenticate = z.string();

export function success(description: string, schema: z.ZodType): ZodOpenApiResponseObject {
  const headers = z.object({ 'x-request-id': requestId });
  return { description, headers, content: { 'application/json': { schema } } };
}

export const created = (description: string, schema: z.ZodType): ZodOpenApiResponseObject => ({
  ...success(description, schema),
  headers: z.object({ 'x-request-id': requestId, location }),
});

export const empty = (description: string): ZodOpenApiResponseObject => ({
  description,
  headers: z.object({ 'x-request-id': requestId }),
});

function problem(id: string, description: string, headers: Record<string, z.ZodType> = {}) {
  return {
    id,
    description,
    headers: z.object({ 'x-request-id': requestId, ...headers }),
    content: { 'application/problem+json': { schema: problemSchema } },
  };
}

const problems = {
  400: problem('BadRequest', 'VALIDATION_ERROR, INVALID_SCHEDULE: errors names the fields and what is right'),
  401: problem('Unauthorized', 'UNAUTHORIZED: no key, or not a valid one', {
    'www-authenticate': authenticate,
  }),
  403: problem('Forbidden', 'FORBIDDEN: the key lacks the scope'),
  404: problem('NotFound', 'JOB_NOT_FOUND, SCHEDULE_NOT_FOUND'),
  413: problem('PayloadTooLarge', 'PAYLOAD_TOO_LARGE'),
  415: problem('UnsupportedMediaType', 'UNSUPPORTED_MEDIA_TYPE: the body is not application/json'),
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
