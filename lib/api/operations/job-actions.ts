import * as resources from '../resource-schemas.ts';
import { runSchema } from '../execution-requests.ts';
import { empty, etag, success } from '../openapi-responses.ts';
import { jobStatsQuerySchema, jobStatsSchema } from '../job-stats.ts';
import { historyQuerySchema } from '../query.ts';
import { jobUpcomingQuerySchema } from '../upcoming-query.ts';
import { type Operation, ofJob, ofMatchedJob, optionalJson } from './parts.ts';

const switched = (description: string) => ({
  '200': success(description, resources.jobSchema, etag),
  '204': empty('Done. The job is not shown, because the key lacks the scope `read`', etag),
});

export const jobActionOperations = {
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
  'GET /api/v1/jobs/{id}/stats': {
    tags: ['Jobs'],
    operationId: 'getJobStats',
    summary: 'Sum up the latest executions of a job: outcomes, durations and lateness',
    requestParams: { ...ofJob.requestParams, query: jobStatsQuerySchema },
    responses: { '200': success('The statistics', jobStatsSchema) },
    problems: [404],
  },
  'GET /api/v1/jobs/{id}/upcoming': {
    tags: ['Jobs'],
    operationId: 'listUpcomingExecutions',
    summary: 'List the upcoming executions of a job, the earliest first',
    requestParams: { ...ofJob.requestParams, query: jobUpcomingQuerySchema },
    responses: { '200': success('A page of executions', resources.jobUpcomingListSchema) },
    problems: [404],
  },
} satisfies Record<string, Operation>;
