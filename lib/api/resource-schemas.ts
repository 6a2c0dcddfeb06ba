import * as z from 'zod';
import { operationSchema } from './operation-schemas.ts';
import { auditEntrySchema } from './audit-resource.ts';
import { apiKeyScopes } from '../domain/api-key.ts';
import { jobOutcomes } from '../domain/job-filter.ts';
import { executionStatuses, executionTriggers } from '../domain/execution.ts';
import { reasonCodes } from '../domain/reason.ts';
import { failedJobSchema, failureGroupSchema } from './failure-schemas.ts';
import { groupSpanFields, groupSummarySchema } from './group-schemas.ts';
import { hostsPageFields, hostSummarySchema } from './host-schemas.ts';
import { groupSpanNames } from '../domain/group-summary.ts';
import { shownFields } from './job-schemas.ts';
import { cursorPageOf, pageOf } from './list-schemas.ts';

// These schemas give responses their documentation and their types. Responses are not parsed with them.

const id = z.int().min(1);
const count = z.int().min(0);
const instant = z.string().meta({ format: 'date-time', examples: ['2031-05-01T12:00:00.000Z'] });

const seconds = z.number().min(0);
const retriesLastSeconds = z.strictObject({ min: seconds, max: seconds }).meta({
  description:
    'How long all retries of an execution wait in total: the sum of the waits, at most `maxAgeSeconds`. `min` is less than `max` ' +
    'under jitter. It does not include the time of the attempts, or waits that a target asks for with `Retry-After`.',
});

export const jobSchema = z
  .strictObject({
    id,
    ...shownFields,
    retriesLastSeconds,
    failuresInARow: count.meta({
      description:
        'How many of its latest executions ended FAILED, without a success between them. 0 after a success, and for a job that ' +
        'never failed. Reports do not count.',
    }),
    lastOutcome: z.enum(jobOutcomes).nullable().meta({
      description:
        'The status of the last execution, by execution time, that succeeded or failed. Null if none has. Reports do not count.',
    }),
    pausedByFailuresAt: instant.nullable().meta({
      description:
        'When Belfry paused the job, because it had failed `pauseAfterFailures` times in a row. Null if it did not, and after the job ' +
        'was resumed.',
    }),
    nextExecutionTime: instant
      .nullable()
      .meta({ description: 'The next occurrence that has not started. Null if there is none.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Job' });

export const listedJobSchema = jobSchema
  .omit({ body: true })
  .extend({
    body: z
      .unknown()
      .exactOptional()
      .meta({ description: 'Any JSON value. Present only with `include=body`.' }),
  })
  .meta({ id: 'ListedJob' });

export const jobScheduleSchema = z
  .strictObject({
    id: id.meta({ description: 'The same as the id of the job, because a job has one schedule.' }),
    jobId: id,
    nextExecutionTime: instant.meta({ description: 'The same as the next execution time of the job.' }),
    createdAt: instant,
  })
  .meta({ id: 'JobSchedule' });

export const skippedSchema = z
  .strictObject({
    count: z.int().min(1).meta({ description: 'How many occurrences did not run.' }),
    first: instant.meta({ description: 'The first of them.' }),
    last: instant.meta({ description: 'The last of them.' }),
  })
  .meta({ id: 'SkippedOccurrences' });

export const jobExecutionSchema = z
  .strictObject({
    id,
    jobId: id,
    trigger: z.enum(executionTriggers).meta({
      description:
        'SCHEDULE: an occurrence. MANUAL: a run that was asked for. REDRIVE: it repeats another execution. CALLBACK: a report to a URL.',
    }),
    originId: id.nullable().meta({
      description:
        'The execution that a REDRIVE repeats or a CALLBACK reports; for the repetition of a report, that report. Null otherwise.',
    }),
    status: z.enum(executionStatuses).meta({
      description:
        'SKIPPED: no request was sent. The execution stands for consecutive occurrences that were missed, before one that ran.',
    }),
    executionTime: instant.meta({
      description:
        'The instant of the occurrence by the schedule, or of the request for the execution. If it is SKIPPED: the last occurrence.',
    }),
    executionDuration: z.number().min(0).nullable().meta({
      description:
        'The duration of the last attempt in milliseconds. Null before the first attempt has ended.',
    }),
    retryCount: count,
    errorMessage: z.string().nullable(),
    reason: z.enum(reasonCodes).nullable().meta({
      description:
        'Why the last attempt failed, or why the execution was cancelled or skipped. Stable, so programs can use it. Later versions may add codes.',
    }),
    skipped: skippedSchema
      .nullable()
      .meta({ description: 'The occurrences that a SKIPPED execution stands for. Null for every other.' }),
    dueAt: instant.meta({
      description: 'When the next or the last attempt was due: the execution time, or the end of a backoff.',
    }),
    startedAt: instant.nullable().meta({
      description: 'When the last request left. While it runs: when a worker claimed it.',
    }),
    finishedAt: instant.nullable().meta({ description: 'When it ended. Null while it is open.' }),
    latenessMs: count.nullable().meta({
      description: 'How long after the execution time its first request left, in milliseconds.',
    }),
    statusCode: z.int().nullable().meta({
      description: 'The HTTP status of the last attempt. Null if it got no answer.',
    }),
    cancelRequestedAt: instant
      .nullable()
      .meta({ description: 'When the execution was cancelled by a request. Null if it was not.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'JobExecution' });

/** The answer to a cancellation. */
export const cancelledExecutionSchema = jobExecutionSchema
  .extend({
    effect: z.enum(['CANCELLED', 'CANCELLING']).meta({
      description:
        'CANCELLED: no request is under way, and none will be sent. CANCELLING: a request is under way, and its connection is being closed. The target may have received it, and may continue.',
    }),
    message: z.string().meta({ description: 'The same in words.' }),
  })
  .meta({ id: 'CancelledExecution' });

export const upcomingSchema = jobExecutionSchema
  .extend({
    id: id.nullable().meta({ description: 'Null if it is not dispatched.' }),
    isDispatched: z.boolean().meta({
      description:
        'Whether the execution is stored already, shortly before it is due. Otherwise it was computed from the schedule.',
    }),
    createdAt: instant.nullable(),
    updatedAt: instant.nullable(),
  })
  .meta({ id: 'UpcomingExecution' });

export const jobUpcomingListSchema = cursorPageOf(upcomingSchema)
  .extend({
    offset: count.exactOptional().meta({ description: 'Missing if the page was requested with `cursor`.' }),
  })
  .meta({ id: 'JobUpcomingList' });
export const upcomingListSchema = cursorPageOf(upcomingSchema)
  .extend({
    isCapped: z.boolean().meta({
      description:
        'True if the list ends before `until`, because the executions of 5,000 jobs were listed. Use an earlier `until`, or `GET /api/v1/jobs?nextBefore=`.',
    }),
  })
  .meta({ id: 'UpcomingList' });
export const failedJobListSchema = cursorPageOf(failedJobSchema).meta({ id: 'FailedJobList' });
export const failureListSchema = cursorPageOf(failureGroupSchema).meta({ id: 'FailureList' });
export const groupListSchema = cursorPageOf(groupSummarySchema)
  .extend({ span: z.enum(groupSpanNames), ...groupSpanFields })
  .meta({ id: 'GroupList' });
export const hostListSchema = cursorPageOf(hostSummarySchema)
  .extend(hostsPageFields)
  .meta({ id: 'HostList' });
export const executionListSchema = cursorPageOf(jobExecutionSchema).meta({ id: 'ExecutionList' });
export const jobListSchema = pageOf(listedJobSchema).meta({ id: 'JobList' });
export const jobExecutionListSchema = pageOf(jobExecutionSchema).meta({ id: 'JobExecutionList' });
export const jobBatchSchema = z
  .strictObject({ items: z.array(jobSchema.omit({ body: true }).meta({ id: 'CreatedJob' })) })
  .meta({ id: 'JobBatch' });

const apiKey = {
  id,
  name: z.string(),
  scopes: z.array(z.enum(apiKeyScopes)),
  expiresAt: instant.nullable().meta({ description: 'Null if the key does not expire.' }),
  rateLimitPerSecond: count.nullable().meta({ description: 'Null for the limit of the deployment.' }),
  createdAt: instant,
  lastUsedAt: instant
    .nullable()
    .meta({ description: 'The time of the last use, to a minute. Null before the first use.' }),
  revokedAt: instant.nullable().meta({ description: 'Null if the key is not revoked.' }),
};
export const apiKeySchema = z.strictObject(apiKey).meta({ id: 'ApiKey' });
export const createdApiKeySchema = z
  .strictObject({
    ...apiKey,
    key: z.string().meta({ description: 'The key. It is shown only in this response.' }),
  })
  .meta({ id: 'CreatedApiKey' });
export const apiKeyListSchema = pageOf(apiKeySchema).meta({ id: 'ApiKeyList' });

export const ownApiKeySchema = z
  .strictObject({
    id,
    name: apiKey.name,
    scopes: apiKey.scopes,
    deployment: z
      .string()
      .nullable()
      .meta({ description: 'The name of the deployment that answers. Null if it has no name.' }),
  })
  .meta({ id: 'OwnApiKey' });

export const operationListSchema = cursorPageOf(operationSchema).meta({ id: 'OperationList' });
export const auditListSchema = cursorPageOf(auditEntrySchema).meta({ id: 'AuditLog' });

const signingKey = {
  id,
  createdAt: instant,
  expiresAt: instant
    .nullable()
    .meta({ description: 'When the key stops signing. Null for a key that was not replaced.' }),
  revokedAt: instant.nullable().meta({ description: 'Null if the key is not revoked.' }),
};
export const signingKeySchema = z.strictObject(signingKey).meta({ id: 'SigningKey' });
export const signingKeyListSchema = cursorPageOf(signingKeySchema).meta({ id: 'SigningKeyList' });
export const signingSecretSchema = z
  .strictObject({
    id,
    secret: z.string().meta({
      description: '`whsec_` and 32 bytes in base64, as the libraries of Standard Webhooks take it.',
    }),
  })
  .meta({ id: 'SigningSecret' });

export type OwnApiKey = z.infer<typeof ownApiKeySchema>;
