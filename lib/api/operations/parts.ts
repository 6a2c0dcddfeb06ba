import * as z from 'zod';
import { type ZodOpenApiOperationObject } from 'zod-openapi';
import { limits } from '../../domain/job.ts';
import { type ProblemStatus } from '../openapi-responses.ts';

/** An operation. `problems` lists its errors in addition to the errors that all routes of its kind have. */
export type Operation = ZodOpenApiOperationObject & {
  tags: [keyof typeof tags];
  problems: readonly ProblemStatus[];
};

/** The groups of operations, with their descriptions. */
export const tags = {
  Jobs: 'Create, read, change and delete jobs, and read their schedules and executions.',
  Failures: 'Read failed executions by their cause.',
  Executions: 'Find executions over all jobs, repeat them and cancel them.',
  Schedules: 'Preview schedules. These requests change nothing.',
  Queue: 'Count the executions in the queue.',
  Statistics: 'Read outcomes over time, and metrics for Prometheus.',
  Keys: 'Create, list and revoke API keys.',
  Operations: 'Act on all jobs that match a filter.',
  Audit: 'Read who changed what, when and why.',
  'Signing keys': 'Create, list and revoke the keys that sign requests, and read their secrets.',
  Service: 'Check the health of the service, and read its description.',
} as const;

export const ofJob = {
  requestParams: { path: z.object({ id: z.int().min(1).meta({ description: 'The id of the job.' }) }) },
};

export const ofKeyedJob = {
  requestParams: {
    path: z.object({
      key: z
        .string()
        .min(1)
        .max(limits.keyLength)
        .meta({ description: 'The key of the job, percent-encoded: `a%2Fb` for `a/b`.' }),
    }),
  },
};

export const ifMatch = {
  'If-Match': z
    .string()
    .exactOptional()
    .meta({
      description:
        'The `ETag` of the job as it was read: the request is refused with 412 if the job has changed since. `*` requires only ' +
        'that the job exists.',
      examples: ['"r7"'],
    }),
};

export const ofMatchedJob = { requestParams: { ...ofJob.requestParams, header: z.object(ifMatch) } };

export const json = (schema: z.ZodType, examples: Record<string, { summary: string; value: unknown }>) => ({
  required: true,
  content: { 'application/json': { schema, examples } },
});

export const optionalJson = (schema: z.ZodType, examples: Parameters<typeof json>[1]) => ({
  ...json(schema, examples),
  required: false,
});
