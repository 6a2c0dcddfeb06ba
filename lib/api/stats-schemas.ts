import * as z from 'zod';

// These schemas give responses their documentation and their types. Responses are not parsed with them.

const count = z.int().min(0);
const instant = z.string().meta({ format: 'date-time', examples: ['2031-05-01T12:00:00.000Z'] });
const milliseconds = z.number().min(0);

const percentilesSchema = z
  .strictObject({
    count: count.meta({ description: 'The number of requests.' }),
    mean: milliseconds,
    p50: milliseconds,
    p90: milliseconds,
    p99: milliseconds,
    max: milliseconds.meta({ description: 'The exact largest value.' }),
  })
  .meta({
    id: 'Percentiles',
    description: 'Percentiles differ from the exact values by at most 9.1 % or 1 ms.',
  });

export const outcomeCountsSchema = z
  .strictObject({
    succeeded: count,
    failed: count,
    cancelled: count,
    skipped: count.meta({ description: 'Missed occurrences that did not run.' }),
  })
  .meta({ id: 'OutcomeCounts', description: 'Executions that ended, by their outcome.' });

const outcomes = {
  executions: outcomeCountsSchema,
  retries: count.meta({ description: 'Failed attempts that were retried.' }),
  durationMs: percentilesSchema.nullable().meta({
    description:
      'How long the last requests of executions that succeeded or failed took. Null if none was sent.',
  }),
  latenessMs: percentilesSchema.nullable().meta({
    description:
      'How late requests were sent after their due instants, retries included. Null if none was sent.',
  }),
};
export const outcomeStatsSchema = z.strictObject(outcomes).meta({ id: 'OutcomeStats' });

const highest = count.nullable();
const queueHighSchema = z
  .strictObject({
    ready: highest,
    scheduled: highest,
    retrying: highest,
    processing: highest,
    oldestDueAgeSeconds: z.number().min(0).nullable(),
  })
  .meta({
    id: 'QueueHigh',
    description: 'The highest values that ticks measured. A value is null if its source did not respond.',
  });

const statsPointSchema = z
  .strictObject({
    at: instant.meta({ description: 'The start of the step.' }),
    ...outcomes,
    queue: queueHighSchema
      .nullable()
      .meta({ description: 'Null if no tick ran in the step, or if the counts are of one group.' }),
  })
  .meta({ id: 'StatsPoint' });

const range = {
  from: instant.meta({ description: 'The start of the first step.' }),
  to: instant.meta({ description: 'The end of the last step.' }),
  stepSeconds: z.int().min(60),
  countedUntil: instant.nullable().meta({
    description:
      'All outcomes that were recorded before this instant are counted. Null before the first tick.',
  }),
};

export const statsSchema = z
  .strictObject({
    ...range,
    group: z.string().nullable().meta({ description: 'Null for all jobs.' }),
    total: outcomeStatsSchema.meta({ description: 'The whole range.' }),
    points: z.array(statsPointSchema).meta({
      description: 'One point for each step, the earliest first. A step without outcomes has zeros.',
    }),
  })
  .meta({ id: 'Stats' });

const decided = { succeeded: count, failed: count };
const failureSeries = {
  ...decided,
  failureShare: z.number().min(0).max(1).nullable().meta({
    description:
      'Failed executions, divided by failed and succeeded ones; 4 decimals. Null if there are none.',
  }),
  points: z
    .array(z.strictObject({ at: instant, ...decided }).meta({ id: 'DecidedPoint' }))
    .meta({ description: 'One point for each step, the earliest first. A step without outcomes has zeros.' }),
};

export const groupStatsSchema = z
  .strictObject({
    ...range,
    groups: z
      .array(z.strictObject({ group: z.string(), ...failureSeries }).meta({ id: 'GroupSeries' }))
      .meta({
        description:
          'The groups with the largest share of failed executions in the range, the largest first. A group without a failure is left out.',
      }),
    others: z.strictObject(failureSeries).meta({
      id: 'OtherSeries',
      description: 'All other jobs: jobs of other groups, and jobs without a group.',
    }),
  })
  .meta({ id: 'GroupStats' });
