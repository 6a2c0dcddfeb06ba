import * as z from 'zod';
import * as resources from '../resource-schemas.ts';
import {
  failureDetailsSchema,
  failureGroupSchema,
  failuresQuerySchema,
  ignoreSchema,
} from '../failure-schemas.ts';
import { cursorPageSchema } from '../query.ts';
import { CALENDAR_TYPE, calendarQuerySchema } from '../calendar.ts';
import { retrySchema } from '../execution-requests.ts';
import { examplePreview } from '../openapi-examples.ts';
import { empty, success } from '../openapi-responses.ts';
import { operationSchema } from '../operation-schemas.ts';
import { redriveDryRunSchema, redriveSchema } from '../redrive-schemas.ts';
import { executionDetailsSchema, explanationSchema } from '../execution-schemas.ts';
import { executionsQuerySchema } from '../executions-query.ts';
import { upcomingQuerySchema } from '../upcoming-query.ts';
import { loadRequestSchema, loadSchema } from '../schedule-load.ts';
import { previewRequestSchema, previewSchema } from '../schedule-preview.ts';
import { type Operation, json, optionalJson } from './parts.ts';

const ofFailure = {
  requestParams: {
    path: z.object({ id: z.int().min(1).meta({ description: 'The id of the failure group.' }) }),
  },
};

const marked = {
  '200': success('The group', failureGroupSchema),
  '204': empty('Done. The group is not shown, because the key lacks the scope `read`'),
};

const ofExecution = {
  requestParams: {
    path: z.object({ id: z.int().min(1).meta({ description: 'The id of the execution.' }) }),
  },
};

export const executionOperations = {
  'GET /calendar.ics': {
    tags: ['Executions'],
    operationId: 'getCalendar',
    summary: 'Subscribe to the executions of the next 30 days in a calendar',
    description:
      'Shows the name and the time of each execution, and nothing else. A job has 60 events at most, and the calendar 2,000.',
    requestParams: { query: calendarQuerySchema },
    responses: {
      '200': {
        ...success('iCalendar (RFC 5545)', z.string()),
        content: { [CALENDAR_TYPE]: { schema: z.string() } },
      },
    },
    problems: [],
  },
  'GET /api/v1/upcoming': {
    tags: ['Executions'],
    operationId: 'listAllUpcomingExecutions',
    summary: 'List the upcoming executions of all jobs, the earliest first',
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
    responses: { '200': success('The group, with some of its jobs', failureDetailsSchema) },
    problems: [404],
  },
  'GET /api/v1/failures/{id}/jobs': {
    tags: ['Failures'],
    operationId: 'listFailedJobs',
    summary: 'List the jobs of a group of failures, in the order of their ids',
    requestParams: { ...ofFailure.requestParams, query: cursorPageSchema },
    responses: { '200': success('A page of jobs', resources.failedJobListSchema) },
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
    responses: {
      '200': success('The count of a dry run', redriveDryRunSchema),
      '202': success('The operation, which the ticks continue', operationSchema),
    },
    problems: [404, 413, 415],
  },
  'POST /api/v1/failures/{id}/ignore': {
    tags: ['Failures'],
    operationId: 'ignoreFailures',
    summary: 'Ignore a group of failures until an instant',
    description: 'Its failures are still counted. The state of a group changes no job and no execution.',
    ...ofFailure,
    requestBody: json(ignoreSchema, {
      month: { summary: 'Until an instant', value: { until: '2031-05-01T12:00:00Z' } },
    }),
    responses: marked,
    problems: [404, 413, 415],
  },
  'POST /api/v1/failures/{id}/resolve': {
    tags: ['Failures'],
    operationId: 'resolveFailures',
    summary: 'Mark a group of failures as resolved; its next failure opens it again',
    ...ofFailure,
    responses: marked,
    problems: [404],
  },
  'POST /api/v1/failures/{id}/reopen': {
    tags: ['Failures'],
    operationId: 'reopenFailures',
    summary: 'Open a group of failures that is ignored or resolved',
    ...ofFailure,
    responses: marked,
    problems: [404],
  },
  'POST /api/v1/executions/{id}/retry': {
    tags: ['Executions'],
    operationId: 'retryExecution',
    summary: 'Repeat an execution that failed or was cancelled, as a new execution',
    description:
      'While a repetition is open, the answer is 409 with its `executionId`: several requests at once create one repetition.',
    ...ofExecution,
    requestBody: optionalJson(retrySchema, {
      force: { summary: 'Repeat an execution that has succeeded', value: { force: true } },
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
      '200': success(
        'The execution is cancelled, and no request is under way',
        resources.cancelledExecutionSchema,
      ),
      '202': success(
        'A request is under way. Its connection is being closed; the target may continue',
        resources.cancelledExecutionSchema,
      ),
      '204': empty('The execution is cancelled. It is not shown, because the key lacks the scope `read`'),
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
    description:
      'Each fact was recorded when it happened. An execution that has not ended also says what it waits for.',
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
} satisfies Record<string, Operation>;
