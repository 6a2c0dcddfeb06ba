import * as z from 'zod';
import * as resources from '../resource-schemas.ts';
import { apiLimits } from '../limits.ts';
import { exampleJob, exampleJobs, exampleOnce, examplePatient } from '../openapi-examples.ts';
import { created, empty, etag, success } from '../openapi-responses.ts';
import { failingJobsSchema, failingQuerySchema } from '../failing-jobs.ts';
import { jobSummariesSchema, summariesQuerySchema } from '../job-summaries.ts';
import { jobPatchSchema, jobPutSchema, newJobSchema } from '../job-schemas.ts';
import { jobsQuerySchema } from '../query.ts';
import { type Operation, ofJob, ofKeyedJob, ifMatch, ofMatchedJob, json } from './parts.ts';

const ifNoneMatch = {
  'If-None-Match': z
    .literal('*')
    .exactOptional()
    .meta({ description: 'Creates the job, and is refused with 412 if a job has the key.' }),
};

const batchSchema = z
  .union([
    z.strictObject({ jobs: z.array(newJobSchema).min(1).max(apiLimits.batchSize) }),
    z.array(newJobSchema).min(1).max(apiLimits.batchSize),
  ])
  .meta({ id: 'NewJobs' });

export const jobOperations = {
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
  'GET /api/v1/jobs/summaries': {
    tags: ['Jobs'],
    operationId: 'summarizeJobs',
    summary: 'Summarize jobs: their names, their schedules in words, and their last executions',
    requestParams: { query: summariesQuerySchema },
    responses: { '200': success('The summaries', jobSummariesSchema) },
    problems: [],
  },
  'GET /api/v1/jobs/failing': {
    tags: ['Jobs'],
    operationId: 'listFailingJobs',
    summary: 'List the jobs with the most failures in a row, and count failing jobs',
    requestParams: { query: failingQuerySchema },
    responses: { '200': success('The failing jobs', failingJobsSchema) },
    problems: [],
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
} satisfies Record<string, Operation>;
