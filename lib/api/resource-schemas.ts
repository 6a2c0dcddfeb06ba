import * as z from 'zod';
import { apiKeyScopes } from '../domain/api-key.ts';
import { executionStatuses } from '../domain/execution.ts';
import { shownFields } from './job-schemas.ts';

// Documentation and types; a response is typed against these, not parsed with them.

const id = z.int().min(1);
const count = z.int().min(0);
const instant = z.string().meta({ format: 'date-time', examples: ['2031-05-01T12:00:00.000Z'] });

export const jobSchema = z
  .strictObject({
    id,
    ...shownFields,
    nextExecutionTime: instant
      .nullable()
      .meta({ description: 'The next occurrence that has not started. Null when nothing is to come.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Job' });

const listedJobSchema = jobSchema
  .omit({ body: true })
  .extend({
    body: z.unknown().exactOptional().meta({ description: 'Only with `include=body`: any JSON value.' }),
  })
  .meta({ id: 'ListedJob' });

export const jobScheduleSchema = z
  .strictObject({
    id: id.meta({ description: 'A job has one schedule, which has its id.' }),
    jobId: id,
    nextExecutionTime: instant.meta({ description: 'The same as that of the job.' }),
    createdAt: instant,
  })
  .meta({ id: 'JobSchedule' });

export const jobExecutionSchema = z
  .strictObject({
    id,
    jobId: id,
    status: z.enum(executionStatuses),
    executionTime: instant.meta({ description: 'The instant the schedule names.' }),
    executionDuration: z
      .number()
      .min(0)
      .nullable()
      .meta({ description: 'Milliseconds the last attempt took; null until there was one.' }),
    retryCount: count,
    errorMessage: z.string().nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'JobExecution' });

const pageOf = <T extends z.ZodType>(items: T) =>
  z.strictObject({
    items: z.array(items).meta({
      description:
        'As many as were asked for at most; fewer where more of them would be too large an answer.',
    }),
    total: count.meta({ description: 'How many there are in all.' }),
    limit: count,
    offset: count.exactOptional().meta({ description: 'Missing where the page was asked for by `cursor`.' }),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'The `cursor` of the next page; null when nothing comes behind this one.' }),
  });

export const jobListSchema = pageOf(listedJobSchema).meta({ id: 'JobList' });
export const jobExecutionListSchema = pageOf(jobExecutionSchema).meta({ id: 'JobExecutionList' });
export const jobBatchSchema = z
  .strictObject({ items: z.array(jobSchema.omit({ body: true }).meta({ id: 'CreatedJob' })) })
  .meta({ id: 'JobBatch' });

const apiKey = {
  id,
  name: z.string(),
  scopes: z.array(z.enum(apiKeyScopes)),
  expiresAt: instant.nullable().meta({ description: 'Null when it does not expire.' }),
  rateLimitPerSecond: count.nullable().meta({ description: 'Null for the limit of the deployment.' }),
  createdAt: instant,
  lastUsedAt: instant.nullable().meta({ description: 'To a minute; null until there was a use.' }),
  revokedAt: instant.nullable().meta({ description: 'Null while it is not revoked.' }),
};
export const apiKeySchema = z.strictObject(apiKey).meta({ id: 'ApiKey' });
export const createdApiKeySchema = z
  .strictObject({
    ...apiKey,
    key: z.string().meta({ description: 'The key. It is shown here and never again.' }),
  })
  .meta({ id: 'CreatedApiKey' });
export const apiKeyListSchema = pageOf(apiKeySchema).meta({ id: 'ApiKeyList' });

const queueStatsSchema = z
  .strictObject({
    ready: count,
    scheduled: count,
    processing: count,
    retrying: count,
    completed: count,
    failed: count,
    oldestDueAgeSeconds: z.number().min(0).meta({
      description:
        'How long the execution that is due the longest has waited, retries too; 0 when none is due.',
    }),
  })
  .meta({ id: 'QueueStats' });
export const queueStatsReplySchema = z.strictObject({ queue_stats: queueStatsSchema });

const check = z.enum(['ok', 'unreachable']);
const versions = {
  version: z.string().meta({ description: "Belfry's version." }),
  timeZoneData: z.string().meta({
    description: 'The release of the IANA time zone database that schedules go by, such as 2026f.',
  }),
};
export const healthSchema = z.strictObject({ status: z.literal('ok'), ...versions }).meta({ id: 'Health' });
export const deepHealthSchema = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    ...versions,
    checks: z.strictObject({ postgres: check, redis: check, sqs: check }),
  })
  .meta({ id: 'DeepHealth' });

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable, for programs.', examples: ['VALIDATION_ERROR'] }),
    errors: z
      .array(
        z.strictObject({
          field: z.string(),
          message: z.string(),
          index: count.exactOptional().meta({ description: "The item's place in a batch, from 0." }),
        }),
      )
      .exactOptional()
      .meta({ description: 'What is wrong, and what would be right; the first 100.' }),
    errorCount: count.exactOptional().meta({ description: 'How many were found, when not all are listed.' }),
  })
  .meta({ id: 'Problem' });

export type QueueStats = z.infer<typeof queueStatsSchema>;
export type Health = z.infer<typeof healthSchema>;
export type DeepHealth = z.infer<typeof deepHealthSchema>;
export type Problem = z.infer<typeof problemSchema>;
