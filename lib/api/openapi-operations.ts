import * as z from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { apiLimits } from './limits.ts';
import { newApiKeySchema } from './api-key-schemas.ts';
import { exampleApiKey, exampleJob, exampleJobs, exampleOnce } from './openapi-examples.ts';
import { created, empty, problemResponse, type ProblemStatus, success } from './openapi-responses.ts';
import { jobPatchSchema, newJobSchema } from './job-schemas.ts';
import { historyQuerySchema, jobsQuerySchema, pageQuerySchema } from './query.ts';
import * as resources from './resource-schemas.ts';
import type { RouteKey } from './route-table.ts';

/** An operation, and the problems of its own beside those every route of its kind has. */
export type Operation = ZodOpenApiOperationObject & {
  tags: [keyof typeof tags];
  problems: readonly ProblemStatus[];
};

/** What operations are grouped by, and what each group is. */
export const tags = {
  Jobs: 'Create, read, change and delete jobs, and read when they run and how their runs ended.',
  Queue: 'Count what waits.',
  Keys: 'Make, list and revoke API keys.',
  Service: 'Tell whether the service works, and describe it.',
} as const;

const ofJob = {
  requestParams: { path: z.object({ id: z.int().min(1).meta({ description: "The job's id." }) }) },
};

const ofKey = {
  requestParams: { path: z.object({ id: z.int().min(1).meta({ description: "The key's id." }) }) },
};

const batchSchema = z
  .union([
    z.strictObject({ jobs: z.array(newJobSchema).min(1).max(apiLimits.batchSize) }),
    z.array(newJobSchema).min(1).max(apiLimits.batchSize),
  ])
  .meta({ id: 'NewJobs' });

const json = (schema: z.ZodType, examples: Record<string, { summary: string; value: unknown }>) => ({
  required: true,
  content: { 'application/json': { schema, examples } },
});

export const operations: Record<RouteKey, Operation> = {
  'POST /api/v1/jobs': {
    tags: ['Jobs'],
    operationId: 'createJob',
    summary: 'Create a job',
    requestBody: json(newJobSchema, { recurring: exampleJob, once: exampleOnce }),
    responses: { '201': created('The whole job, defaults filled in', resources.jobSchema) },
    problems: [413, 415],
  },
  'POST /api/v1/jobs/batch': {
    tags: ['Jobs'],
    operationId: 'createJobs',
    summary: `Create up to ${apiLimits.batchSize} jobs, all or none`,
    requestBody: json(batchSchema, { two: exampleJobs }),
    responses: {
      '201': success('The jobs without their bodies, in the order given', resources.jobBatchSchema),
    },
    problems: [413, 415],
  },
  'GET /api/v1/jobs': {
    tags: ['Jobs'],
    operationId: 'listJobs',
    summary: 'List jobs',
    requestParams: { query: jobsQuerySchema },
    responses: { '200': success('A page of jobs, the oldest first', resources.jobListSchema) },
    problems: [],
  },
  'GET /api/v1/jobs/{id}': {
    tags: ['Jobs'],
    operationId: 'getJob',
    summary: 'Read a job',
    ...ofJob,
    responses: { '200': success('The job', resources.jobSchema) },
    problems: [404],
  },
  'PATCH /api/v1/jobs/{id}': {
    tags: ['Jobs'],
    operationId: 'changeJob',
    summary: 'Change a job; a pause or a new schedule cancels executions that are still to come',
    ...ofJob,
    requestBody: json(jobPatchSchema, { pause: { summary: 'Pause it', value: { isActive: false } } }),
    responses: {
      '200': success('The job as it is now', resources.jobSchema),
      '204': empty('The job is changed; the key lacks the scope `read`, so nothing of the job is shown'),
    },
    problems: [404, 413, 415],
  },
  'DELETE /api/v1/jobs/{id}': {
    tags: ['Jobs'],
    operationId: 'deleteJob',
    summary: 'Delete a job, and cancel its executions that are still to come',
    ...ofJob,
    responses: { '204': empty('The job is gone') },
    problems: [404],
  },
  'GET /api/v1/jobs/{id}/schedule': {
    tags: ['Jobs'],
    operationId: 'getSchedule',
    summary: 'Read when a job is next due',
    ...ofJob,
    responses: { '200': success('The next execution', resources.jobScheduleSchema) },
    problems: [404],
  },
  'GET /api/v1/jobs/{id}/history': {
    tags: ['Jobs'],
    operationId: 'listExecutions',
    summary: "List a job's executions that have begun or ended, the latest first",
    description:
      'An execution that was cancelled ahead of its time is listed once that time has come, and at once with `status=CANCELLED`.',
    requestParams: { ...ofJob.requestParams, query: historyQuerySchema },
    responses: { '200': success('A page of executions', resources.jobExecutionListSchema) },
    problems: [404],
  },
  'GET /api/v1/jobs/{id}/upcoming': {
    tags: ['Jobs'],
    operationId: 'listUpcomingExecutions',
    summary: "List a job's executions that wait for their first attempt, the earliest first",
    requestParams: { ...ofJob.requestParams, query: pageQuerySchema },
    responses: { '200': success('A page of executions', resources.jobExecutionListSchema) },
    problems: [404],
  },
  'GET /queue/stats': {
    tags: ['Queue'],
    operationId: 'getQueueStats',
    summary: 'Count what the queue holds, and tell how long the oldest of what is due waits',
    responses: { '200': success('The counts', resources.queueStatsReplySchema) },
    problems: [],
  },
  'POST /api/v1/keys': {
    tags: ['Keys'],
    operationId: 'createApiKey',
    summary: 'Make an API key, which is shown this once',
    requestBody: json(newApiKeySchema, { dashboard: exampleApiKey }),
    responses: { '201': success('The key', resources.createdApiKeySchema) },
    problems: [409, 413, 415],
  },
  'GET /api/v1/keys': {
    tags: ['Keys'],
    operationId: 'listApiKeys',
    summary: 'List API keys, revoked ones too',
    requestParams: { query: pageQuerySchema },
    responses: { '200': success('A page of keys', resources.apiKeyListSchema) },
    problems: [],
  },
  'DELETE /api/v1/keys/{id}': {
    tags: ['Keys'],
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key, which lets nobody in after 5 s',
    ...ofKey,
    responses: { '204': empty('The key is revoked') },
    problems: [404, 409],
  },
  'GET /health': {
    tags: ['Service'],
    operationId: 'getHealth',
    summary: 'Tell whether the API answers',
    description: 'Asks neither PostgreSQL nor Redis, so that a probe does not wake a database that sleeps.',
    responses: { '200': success('The API answers', resources.healthSchema) },
    problems: [],
  },
  'GET /health/deep': {
    tags: ['Service'],
    operationId: 'getDeepHealth',
    summary: 'Tell whether PostgreSQL, Redis and SQS can be used',
    responses: {
      '200': success('All of them can', resources.deepHealthSchema),
      '503': {
        description: 'A part does not answer within 3 s, or the key could not be looked up',
        content: {
          'application/json': { schema: resources.deepHealthSchema },
          ...problemResponse(503).content,
        },
      },
    },
    problems: [],
  },
  'GET /openapi.json': {
    tags: ['Service'],
    operationId: 'getOpenApi',
    summary: 'Read this document',
    description: 'Made from the schemas that requests are checked with.',
    responses: {
      '200': success('OpenAPI 3.1', z.looseObject({ openapi: z.string(), paths: z.looseObject({}) })),
    },
    problems: [],
  },
};
