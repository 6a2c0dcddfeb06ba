import * as z from 'zod';
import {
  DEFAULT_JOB_SPAN,
  type JobSpan,
  type JobStats,
  jobSpanNames,
  MAX_STATS_EXECUTIONS,
  MAX_STATS_STEPS,
} from '../domain/job-stats.ts';

export const jobStatsQuerySchema = z.strictObject({
  span: z
    .enum(jobSpanNames, `must be one of ${jobSpanNames.join(', ')}`)
    .meta({ description: `How far back executions are counted. The default is ${DEFAULT_JOB_SPAN}.` })
    .exactOptional(),
});

const count = z.int().min(0);
const at = z.string().meta({ format: 'date-time' });
const quantiles = (what: string) =>
  z
    .strictObject({ p50: z.number(), p99: z.number(), max: z.number() })
    .nullable()
    .meta({ description: `${what}, in milliseconds. Null if no execution has one.` });

const outcomes = {
  succeeded: count,
  failed: count,
  cancelled: count,
  skipped: count.meta({ description: 'Missed occurrences that did not run.' }),
  open: count.meta({ description: 'Executions that have begun and not ended.' }),
  durationMs: quantiles('How long executions took'),
  latenessMs: quantiles('How late executions began'),
};

const jobStatsPointSchema = z
  .strictObject({ at: at.meta({ description: 'The start of the step.' }), ...outcomes })
  .meta({ id: 'JobStatsPoint' });

export const jobStatsSchema = z
  .strictObject({
    span: z.enum(jobSpanNames),
    from: at,
    to: at,
    executions: count.meta({
      description: `The executions that were counted, of which a SKIPPED one stands for several occurrences: the latest ${MAX_STATS_EXECUTIONS.toLocaleString('en-US')} at most.`,
    }),
    isCapped: z
      .boolean()
      .meta({ description: 'True if the span may have more executions, which are older.' }),
    oldestAt: at.nullable().meta({ description: 'The execution time of the oldest one. Null without any.' }),
    ...outcomes,
    stepSeconds: z.int().min(60).meta({
      description:
        'The length of a step. Where only the last part of the span was counted, its steps are shorter.',
    }),
    points: z.array(jobStatsPointSchema).meta({
      description: `One point for each step by execution time, the earliest first, ${MAX_STATS_STEPS} at most. A step without executions has zeros. Steps whose executions were not all counted are left out.`,
    }),
  })
  .meta({ id: 'JobStats' });

export const jobStatsResource = (
  { oldestAt, points, ...stats }: JobStats,
  { span, from, until }: { span: JobSpan; from: Date; until: Date },
): z.infer<typeof jobStatsSchema> => ({
  span,
  from: from.toISOString(),
  to: until.toISOString(),
  ...stats,
  oldestAt: oldestAt?.toISOString() ?? null,
  points: points.map(({ at: startsAt, ...outcomes }) => ({ at: startsAt.toISOString(), ...outcomes })),
});
