import * as z from 'zod';
import type { FailureDetails } from '../app/get-failure.ts';
import { ValidationError } from '../domain/errors.ts';
import {
  FAILED_JOBS_SHOWN,
  FAILURE_DAYS,
  type FailedJob,
  type FailureGroup,
  failureStates,
  MAX_IGNORED_DAYS,
} from '../domain/failure-group.ts';
import { reasonCodes } from '../domain/reason.ts';
import { fieldErrors } from './field-errors.ts';
import { instantField, toDate } from './instant-field.ts';
import { parseInstant } from '../domain/schedule/parse-instant.ts';
import { cursorPage } from './query.ts';

export const failuresQuerySchema = z.strictObject({
  ...cursorPage,
  since: instantField('Lists only groups with a failure at or after this instant.').exactOptional(),
  state: z
    .enum(failureStates, `must be one of ${failureStates.join(', ')}`)
    .meta({ description: 'Lists only groups in this state.' })
    .exactOptional(),
});

export const toSince = ({ since }: { since?: string }): Date | undefined => toDate(since);

const id = z.int().min(1);
const at = z.string().meta({ format: 'date-time' });

export const failureGroupSchema = z
  .strictObject({
    id,
    host: z.string().meta({ description: 'Host and port of the URL.', examples: ['example.com'] }),
    path: z.string().meta({
      description: 'The path of the URL without its query, with `{n}` for numbers and `{id}` for ids.',
      examples: ['/users/{n}/export'],
    }),
    reason: z.enum(reasonCodes).nullable().meta({ description: 'The code of the last attempt.' }),
    statusCode: z.int().nullable().meta({ description: 'The HTTP status. Null if there was no answer.' }),
    message: z.string().meta({
      description: 'The error message, with `{n}` for numbers and `{id}` for ids.',
      examples: ['the target answered {n}'],
    }),
    executions: z
      .int()
      .min(1)
      .meta({ description: 'The number of executions that have failed in this way.' }),
    jobs: z.int().min(1).meta({ description: 'The number of different jobs.' }),
    firstFailedAt: at,
    lastFailedAt: at,
    sample: z
      .strictObject({ executionId: id, jobId: id })
      .meta({ description: 'One of the latest executions.' }),
    state: z.enum(failureStates).meta({
      description:
        'A group is `IGNORED` until `ignoredUntil`, and `RESOLVED` until its next failure, which opens it again.',
    }),
    ignoredUntil: at.nullable().meta({ description: 'Null unless the group is ignored.' }),
    resolvedAt: at.nullable().meta({ description: 'When the group was marked as resolved.' }),
    days: z.array(z.strictObject({ date: z.iso.date(), executions: z.int().min(1) })).meta({
      description: `The days in UTC with a failure, of the last ${FAILURE_DAYS} days with today, in order.`,
    }),
  })
  .meta({ id: 'FailureGroup' });

export const failureGroupResource = (group: FailureGroup): z.infer<typeof failureGroupSchema> => ({
  id: group.id,
  host: group.host,
  path: group.path,
  reason: group.reason,
  statusCode: group.statusCode,
  message: group.message,
  executions: group.executions,
  jobs: group.jobs,
  firstFailedAt: group.firstFailedAt.toISOString(),
  lastFailedAt: group.lastFailedAt.toISOString(),
  sample: { executionId: group.sampleExecutionId, jobId: group.sampleJobId },
  state: group.state,
  ignoredUntil: group.ignoredUntil?.toISOString() ?? null,
  resolvedAt: group.resolvedAt?.toISOString() ?? null,
  days: [...group.days],
});

export const failedJobSchema = z
  .strictObject({ jobId: id, executions: z.int().min(1), lastFailedAt: at, lastExecutionId: id })
  .meta({ id: 'FailedJob' });

export const failedJobResource = (job: FailedJob): z.infer<typeof failedJobSchema> => ({
  ...job,
  lastFailedAt: job.lastFailedAt.toISOString(),
});

export const failureDetailsSchema = failureGroupSchema
  .extend({
    failedJobs: z
      .array(failedJobSchema)
      .meta({ description: `The first ${FAILED_JOBS_SHOWN} jobs of the group, in the order of their ids.` }),
  })
  .meta({ id: 'FailureGroupDetails' });

export const failureDetailsResource = (group: FailureDetails): z.infer<typeof failureDetailsSchema> => ({
  ...failureGroupResource(group),
  failedJobs: group.failedJobs.map(failedJobResource),
});

export const ignoreSchema = z
  .strictObject(
    {
      until: instantField(
        `The instant from which the group is open again. It must be in the future, and at most ${MAX_IGNORED_DAYS} days from now.`,
      ),
    },
    'must be a JSON object with until',
  )
  .meta({ id: 'IgnoreFailures' });

/** Parses the request to ignore a group of failures. */
export function parseIgnore(json: unknown): Date {
  const parsed = ignoreSchema.safeParse(json);
  if (!parsed.success) throw new ValidationError(fieldErrors(parsed.error, { schema: ignoreSchema }));
  return new Date(parseInstant(parsed.data.until));
}
