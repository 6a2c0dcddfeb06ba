import * as z from 'zod';
import type { FailureGroup } from '../domain/failure-group.ts';
import { reasonCodes } from '../domain/reason.ts';
import { instant, toDate } from './filter-fields.ts';
import { cursorPage } from './query.ts';

export const failuresQuerySchema = z.strictObject({
  ...cursorPage,
  since: instant('Lists only groups with a failure at or after this instant.').exactOptional(),
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
});
