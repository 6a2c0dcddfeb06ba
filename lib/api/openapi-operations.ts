import * as z from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { auditQuerySchema } from './audit-query.ts';
import { limits } from '../domain/job.ts';
import { apiLimits } from './limits.ts';
import { newApiKeySchema } from './api-key-schemas.ts';
import { failureGroupSchema, failuresQuerySchema } from './failure-schemas.ts';
import { retrySchema, runSchema } from './execution-requests.ts';
import {
  exampleApiKey,
  exampleJob,
  exampleJobs,
  exampleOnce,
  examplePatient,
  examplePreview,
  exampleSigningKey,
  exampleDryRun,
  exampleOperation,
} from './openapi-examples.ts';
import { created, empty, etag, problemResponse, type ProblemStatus, success } from './openapi-responses.ts';
import { dryRunSchema, newOperationSchema, operationSchema, redriveSchema } from './operation-schemas.ts';
import { jobPatchSchema, jobPutSchema, newJobSchema } from './job-schemas.ts';
import { executionDetailsSchema, explanationSchema } from './execution-schemas.ts';
import { executionsQuerySchema } from './executions-query.ts';
import {
  cursorPageSchema,
  cursorQuerySchema,
  historyQuerySchema,
  jobsQuerySchema,
  pageQuerySchema,
} from './query.ts';
import { jobUpcomingQuerySchema, upcomingQuerySchema } from './upcoming-query.ts';
import * as resources from './resource-schemas.ts';
import { statsQuerySchema } from './stats-query.ts';
import { statsSchema } from './stats-schemas.ts';
import type { RouteKey } from './route-table.ts';
import { loadRequestSchema, loadSchema } from './schedule-load.ts';
import { previewRequestSchema, previewSchema } from './schedule-preview.ts';
import { newSigningKeySchema } from './signing-key-schemas.ts';

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
  Statistics: 'Read what has happened over time, and metrics for Prometheus.',
  Keys: 'Create, list and revoke API keys.',
  Operations: 'Act on all jobs that match a filter.',
  Audit: 'Read who changed what, when and why.',
  'Signing keys': 'Create, list and revoke the keys that sign requests, and read their secrets.',
  Service: 'Check the health of the service, and read its description.',
} as const;

const ofJob = {
  requestParams: { path: z.object({ id: z.int().min(1).meta({ description: 'The id of the job.' }) }) },
};

const ofFailure = {
  requestParams: {
    path: z.object({ id: z.int().min(1).meta({ description: 'The id of the failure group.' }) }),
  },
};

const ofExecution = {
  requestParams: {
    path: z.object({ id: z.int().min(1).meta({ description: 'The id of the execution.' }) }),
  },
};

const ofKeyedJob = {
  requestParams: {
    path: z.object({
      key: z
        .string()
        .min(1)
        .max(limits.keyLength)
        .meta({ description: 'The key of the job, percent-encoded.' }),
    }),
  },
};

const ifMatch = {
  'If-Match': z
    .string()
    .exactOptional()
    .meta({
      description:
        'The `ETag` of the job as it was read: the request is refused with 412 if the job has changed since. `*` demands only ' +
        'that the job exists.',
      examples: ['"r7"'],
    }),
};
const ofMatchedJob = { requestParams: { ...ofJob.requestParams, header: z.object(ifMatch) } };

const ifNoneMatch = {
  'If-None-Match': z
    .literal('*')
    .exactOptional()
    .meta({ description: 'Creates the job, and is refused with 412 if a job has the key.' }),
};

const ofKey = {
  requestParams: { path: z.object({ id: z.int().min(1).meta({ description: 'The id of the key.' }) }) },
};

const ofSigningKey = {
  requestParams: {
    path: z.object({ id: z.int().min(1).meta({ description: 'The id of the signing key.' }) }),
  },
};

const ofOperation = {
  requestParams: {
    path: z.object({ id: z.int().min(1).meta({ description: 'The id of the operation.' }) }),
  },
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

const optionalJson = (schema: z.ZodType, examples: Parameters<typeof json>[1]) => ({
  ...json(schema, examples),
  required: false,
});

const switched = (description: string) => ({
  '200': success(description, resources.jobSchema, etag),
  '204': empty('Done. The job is not shown, because the key lacks the scope `read`', etag),
});

export const operations: Record<RouteKey, Operation> = {
  'POST /api/v1/jobs': {
    tags: ['Jobs'],
    operationId: 'createJob',
    summary: 'Create a job',
    requestBody: json(newJobSchema, { recurring: exampleJob, once: exampleOnce, patient: examplePatient }),
    responses: { '201': created('The complete job, with defaults', resources.jobSchema, etag) },
    problems: [409, 413, 415],
  },
  'POST /api/v1/jobs/batch': {
    tags: ['Jobs'],
    operationId: 'createJobs',
    summary: `Create up to ${apiLimits.batchSize} jobs: either all or none`,
    requestBody: json(batchSchema, { two: exampleJobs }),
    responses: {
      '201': success('The jobs without their bodies, in the order of the request', resources.jobBatchSchema),
    },
    problems: [409, 413, 415],
  },
  'GET /api/v1/jobs': {
    tags: ['Jobs'],
    operationId: 'listJobs',
    summary: 'List jobs',
    requestParams: { query: jobsQuerySchema },
    responses: { '200': success('A page of jobs, the oldest first', resources.jobListSchema) },
    problems: [],
  },
  'PUT /api/v1/jobs/by-key/{key}': {
    tags: ['Jobs'],
    operationId: 'putJob',
    summary: 'Create the job with a key, or replace it; the same description again changes nothing',
    requestParams: { ...ofKeyedJob.requestParams, header: z.object({ ...ifMatch, ...ifNoneMatch }) },
    requestBody: json(jobPutSchema, { recurring: exampleJob }),
    responses: {
      '200': success('The job, which was replaced or is the same', resources.jobSchema, etag),
      '201': created('The new job, with defaults', resources.jobSchema, etag),
    },
    problems: [409, 412, 413, 415],
  },
  'GET /api/v1/jobs/by-key/{key}': {
    tags: ['Jobs'],
    operationId: 'getJobByKey',
    summary: 'Read the job with a key',
    ...ofKeyedJob,
    responses: { '200': success('The job', resources.jobSchema, etag) },
    problems: [404],
  },
  'DELETE /api/v1/jobs/by-key/{key}': {
    tags: ['Jobs'],
    operationId: 'deleteJobByKey',
    summary: 'Delete the job with a key, and cancel its future executions',
    requestParams: { ...ofKeyedJob.requestParams, header: z.object(ifMatch) },
    responses: { '204': empty('The job is deleted') },
    problems: [404, 412],
  },
  'GET /api/v1/jobs/{id}': {
    tags: ['Jobs'],
    operationId: 'getJob',
    summary: 'Read a job',
    ...ofJob,
    responses: { '200': success('The job', resources.jobSchema, etag) },
    problems: [404],
  },
  'PATCH /api/v1/jobs/{id}': {
    tags: ['Jobs'],
    operationId: 'changeJob',
    summary: 'Change a job; a pause or a new schedule cancels its future executions',
    ...ofMatchedJob,
    requestBody: json(jobPatchSchema, { pause: { summary: 'Pause it', value: { isActive: false } } }),
    responses: {
      '200': success('The changed job', resources.jobSchema, etag),
      '204': empty('The job is changed. It is not shown, because the key lacks the scope `read`', etag),
    },
    problems: [404, 409, 412, 413, 415],
  },
  'DELETE /api/v1/jobs/{id}': {
    tags: ['Jobs'],
    operationId: 'deleteJob',
    summary: 'Delete a job, and cancel its future executions',
    ...ofMatchedJob,
    responses: { '204': empty('The job is deleted') },
    problems: [404, 412],
  },
  'POST /api/v1/jobs/{id}/run': {
    tags: ['Jobs'],
    operationId: 'runJob',
    summary: 'Run a job now, also when it is paused or finished; its schedule stays as it is',
    ...ofJob,
    requestBody: optionalJson(runSchema, {
      body: { summary: 'With another body', value: { body: { kind: 'catch-up' } } },
    }),
    responses: { '201': success('The new execution', resources.jobExecutionSchema) },
    problems: [404, 413, 415],
  },
  'POST /api/v1/jobs/{id}/pause': {
    tags: ['Jobs'],
    operationId: 'pauseJob',
    summary: 'Pause a job, and cancel its future executions; a paused job stays paused',
    ...ofMatchedJob,
    responses: switched('The paused job'),
    problems: [404, 412],
  },
  'POST /api/v1/jobs/{id}/resume': {
    tags: ['Jobs'],
    operationId: 'resumeJob',
    summary: 'Resume a job from now on; an active job stays active',
    ...ofMatchedJob,
    responses: switched('The active job'),
    problems: [404, 412],
  },
  'GET /api/v1/jobs/{id}/schedule': {
    tags: ['Jobs'],
    operationId: 'getSchedule',
    summary: 'Read the next execution time of a job',
    ...ofJob,
    responses: { '200': success('The next execution', resources.jobScheduleSchema) },
    problems: [404],
  },
  'GET /api/v1/jobs/{id}/history': {
    tags: ['Jobs'],
    operationId: 'listExecutions',
    summary: 'List the executions of a job that have begun or ended, the latest first',
    description:
      'An execution that was cancelled before its execution time is listed after that time. With `status=CANCELLED`, it is listed at once.',
    requestParams: { ...ofJob.requestParams, query: historyQuerySchema },
    responses: { '200': success('A page of executions', resources.jobExecutionListSchema) },
    problems: [404],
  },
  'GET /api/v1/jobs/{id}/upcoming': {
    tags: ['Jobs'],
    operationId: 'listUpcomingExecutions',
    summary: 'List the executions of a job that are still to come, the earliest first',
    requestParams: { ...ofJob.requestParams, query: jobUpcomingQuerySchema },
    responses: { '200': success('A page of executions', resources.jobUpcomingListSchema) },
    problems: [404],
  },
  'GET /api/v1/upcoming': {
    tags: ['Executions'],
    operationId: 'listAllUpcomingExecutions',
    summary: 'List the executions of all jobs that are still to come, the earliest first',
    requestParams: { query: upcomingQuerySchema },
    responses: { '200': success('A page of executions', resources.upcomingListSchema) },
    problems: [],
  },
  'GET /api/v1/executions': {
    tags: ['Executions'],
    operationId: 'listAllExecutions',
    summary: 'List the executions of all jobs that have begun or ended, the latest first',
    description:
      'The work of a page is bounded. A filter that matches few of many executions may give a page with fewer items than ' +
      '`limit`, or with none, and a `nextCursor`. Without `status`, an execution that was cancelled before its execution ' +
      'time is listed after that time.',
    requestParams: { query: executionsQuerySchema },
    responses: { '200': success('A page of executions', resources.executionListSchema) },
    problems: [],
  },
  'GET /api/v1/failures': {
    tags: ['Failures'],
    operationId: 'listFailures',
    summary: 'List failed executions, grouped by cause, the latest failure first',
    description:
      'A cause is the host and the path without numbers and ids, the reason, the status and the message. A failure is in ' +
      'its group after the next tick, within a minute.',
    requestParams: { query: failuresQuerySchema },
    responses: { '200': success('A page of groups', resources.failureListSchema) },
    problems: [],
  },
  'GET /api/v1/failures/{id}': {
    tags: ['Failures'],
    operationId: 'getFailure',
    summary: 'Read a group of failed executions',
    ...ofFailure,
    responses: { '200': success('The group', failureGroupSchema) },
    problems: [404],
  },
  'POST /api/v1/failures/{id}/redrive': {
    tags: ['Failures'],
    operationId: 'redriveFailures',
    summary: 'Repeat the last failed execution of each job of a group, at a rate',
    description: 'Jobs that have succeeded since are left out, unless `includeSucceeded` is true.',
    ...ofFailure,
    requestBody: optionalJson(redriveSchema, {
      slowly: { summary: 'Two executions a second', value: { ratePerSecond: 2 } },
    }),
    responses: { '202': success('The operation, which ticks go on with', operationSchema) },
    problems: [404, 413, 415],
  },
  'POST /api/v1/executions/{id}/retry': {
    tags: ['Executions'],
    operationId: 'retryExecution',
    summary: 'Repeat an execution that failed or was cancelled, as a new execution',
    ...ofExecution,
    requestBody: optionalJson(retrySchema, {
      force: { summary: 'Also if it has succeeded', value: { force: true } },
    }),
    responses: {
      '201': success('The new execution. Its `originId` is the repeated one', resources.jobExecutionSchema),
    },
    problems: [404, 409, 413, 415],
  },
  'POST /api/v1/executions/{id}/cancel': {
    tags: ['Executions'],
    operationId: 'cancelExecution',
    summary: 'Cancel an execution that has not ended',
    ...ofExecution,
    responses: {
      '200': success('It is cancelled, and no request is under way', resources.cancelledExecutionSchema),
      '202': success(
        'A request is under way. Its connection is being closed; the target may continue',
        resources.cancelledExecutionSchema,
      ),
      '204': empty('It is cancelled. It is not shown, because the key lacks the scope `read`'),
    },
    problems: [404, 409],
  },
  'POST /api/v1/schedules/preview': {
    tags: ['Schedules'],
    operationId: 'previewSchedule',
    summary: 'Preview a schedule: in words, its next times, and what changes of the clock do to it',
    requestBody: json(previewRequestSchema, { nightly: examplePreview }),
    responses: { '200': success('The preview. Nothing is stored', previewSchema) },
    problems: [413, 415],
  },
  'GET /api/v1/executions/{id}': {
    tags: ['Executions'],
    operationId: 'getExecution',
    summary: 'Read an execution with its attempts',
    description:
      'Failed attempts stay visible after a later success. An attempt has the response of the target if the job keeps it.',
    ...ofExecution,
    responses: { '200': success('The execution', executionDetailsSchema) },
    problems: [404],
  },
  'GET /api/v1/executions/{id}/explain': {
    tags: ['Executions'],
    operationId: 'explainExecution',
    summary:
      'Explain why an execution ran when it did, waited, was late, was retried, failed or was cancelled',
    description: 'Each fact was recorded when it happened. Nothing is guessed.',
    ...ofExecution,
    responses: { '200': success('The facts', explanationSchema) },
    problems: [404],
  },
  'POST /api/v1/schedules/load': {
    tags: ['Schedules'],
    operationId: 'readScheduleLoad',
    summary: 'Count the runs of active jobs in each minute of up to 31 days, and find the busiest minutes',
    requestBody: json(loadRequestSchema, {
      tomorrow: { summary: 'The next 24 hours of all jobs', value: {} },
    }),
    responses: { '200': success('The load. Nothing is stored', loadSchema) },
    problems: [413, 415],
  },
  'GET /queue/stats': {
    tags: ['Queue'],
    operationId: 'getQueueStats',
    summary: 'Count the executions in the queue, and read the age of the oldest due one',
    responses: { '200': success('The counts', resources.queueStatsReplySchema) },
    problems: [],
  },
  'GET /api/v1/stats': {
    tags: ['Statistics'],
    operationId: 'getStats',
    summary: 'Read outcomes, durations, lateness and queue depths of a range of time',
    description:
      'Outcomes are counted in the minute in which they were recorded. Ticks add them up each minute; `countedUntil` says how far.',
    requestParams: { query: statsQuerySchema },
    responses: { '200': success('One point for each step', statsSchema) },
    problems: [],
  },
  'GET /metrics': {
    tags: ['Statistics'],
    operationId: 'getMetrics',
    summary: 'Read metrics for Prometheus',
    responses: {
      '200': {
        ...success('OpenMetrics 1.0', z.string()),
        content: { 'application/openmetrics-text': { schema: z.string() } },
      },
    },
    problems: [],
  },
  'POST /api/v1/keys': {
    tags: ['Keys'],
    operationId: 'createApiKey',
    summary: 'Create an API key, which is shown only in this response',
    requestBody: json(newApiKeySchema, { dashboard: exampleApiKey }),
    responses: { '201': success('The key', resources.createdApiKeySchema) },
    problems: [409, 413, 415],
  },
  'GET /api/v1/keys': {
    tags: ['Keys'],
    operationId: 'listApiKeys',
    summary: 'List API keys, including revoked ones',
    requestParams: { query: pageQuerySchema },
    responses: { '200': success('A page of keys', resources.apiKeyListSchema) },
    problems: [],
  },
  'DELETE /api/v1/keys/{id}': {
    tags: ['Keys'],
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key; requests with it are refused after at most 5 s',
    ...ofKey,
    responses: { '204': empty('The key is revoked') },
    problems: [404, 409],
  },
  'POST /api/v1/operations': {
    tags: ['Operations'],
    operationId: 'startOperation',
    summary: 'Act on all jobs that match a filter: first a dry run, then the operation with its token',
    description:
      'The ticks run an operation in batches, at its rate. It changes jobs as single requests do, and each change is in the audit log. Jobs that are created after the dry run are not touched.',
    requestBody: json(newOperationSchema, { dryRun: exampleDryRun, start: exampleOperation }),
    responses: {
      '200': success('The dry run: how many jobs match, and the token', dryRunSchema),
      '202': success('The operation, which may have ended already', operationSchema),
    },
    problems: [413, 415],
  },
  'GET /api/v1/operations': {
    tags: ['Operations'],
    operationId: 'listOperations',
    summary: 'List operations, the latest first',
    requestParams: { query: cursorPageSchema },
    responses: { '200': success('A page of operations', resources.operationListSchema) },
    problems: [],
  },
  'GET /api/v1/operations/{id}': {
    tags: ['Operations'],
    operationId: 'getOperation',
    summary: 'Read how far an operation has come',
    ...ofOperation,
    responses: { '200': success('The operation', operationSchema) },
    problems: [404],
  },
  'POST /api/v1/operations/{id}/abort': {
    tags: ['Operations'],
    operationId: 'abortOperation',
    summary: 'End a running operation after its current batch; what it has done stays done',
    ...ofOperation,
    responses: { '200': success('The operation', operationSchema) },
    problems: [404, 409],
  },
  'GET /api/v1/audit': {
    tags: ['Audit'],
    operationId: 'listAuditLog',
    summary: 'List the changes of jobs and API keys, the latest first',
    description:
      'A page is short if few of 2,000 entries match the filters. The next page then continues after them: follow `nextCursor` until it is null.',
    requestParams: { query: auditQuerySchema },
    responses: { '200': success('A page of changes', resources.auditListSchema) },
    problems: [],
  },
  'POST /api/v1/signing-keys': {
    tags: ['Signing keys'],
    operationId: 'createSigningKey',
    summary: 'Create a signing key; the earlier keys sign too until the end of the overlap',
    description:
      'Requests are signed by every key until its end, so receivers can change to the new secret one after the other. ' +
      'Workers use the new key after at most a minute. The answer does not have the secret, which has a route of its own.',
    requestBody: json(newSigningKeySchema, { overlap: exampleSigningKey }),
    responses: { '201': success('The key', resources.signingKeySchema) },
    problems: [409, 413, 415],
  },
  'GET /api/v1/signing-keys': {
    tags: ['Signing keys'],
    operationId: 'listSigningKeys',
    summary: 'List signing keys, including ended ones',
    requestParams: { query: cursorQuerySchema },
    responses: { '200': success('A page of keys, the oldest first', resources.signingKeyListSchema) },
    problems: [],
  },
  'GET /api/v1/signing-keys/{id}/secret': {
    tags: ['Signing keys'],
    operationId: 'getSigningSecret',
    summary: 'Read the secret of a key that signs, with which a receiver verifies requests',
    ...ofSigningKey,
    responses: { '200': success('The secret', resources.signingSecretSchema) },
    problems: [404, 409],
  },
  'DELETE /api/v1/signing-keys/{id}': {
    tags: ['Signing keys'],
    operationId: 'revokeSigningKey',
    summary: 'Revoke a signing key; workers stop using it after at most a minute',
    ...ofSigningKey,
    responses: { '204': empty('The key is revoked') },
    problems: [404, 409],
  },
  'GET /health': {
    tags: ['Service'],
    operationId: 'getHealth',
    summary: 'Check whether the API responds',
    description: 'Does not use PostgreSQL or Redis, so that a probe does not wake a paused database.',
    responses: { '200': success('The API responds', resources.healthSchema) },
    problems: [],
  },
  'GET /health/deep': {
    tags: ['Service'],
    operationId: 'getDeepHealth',
    summary: 'Check whether PostgreSQL, Redis and SQS respond',
    responses: {
      '200': success('All of them respond', resources.deepHealthSchema),
      '503': {
        description: 'One of them does not respond within 3 s, or the key cannot be checked',
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
    description: 'It is generated from the schemas that validate requests.',
    responses: {
      '200': success('OpenAPI 3.1', z.looseObject({ openapi: z.string(), paths: z.looseObject({}) })),
    },
    problems: [],
  },
};
