import * as z from 'zod';
import type { SpreadSample } from '../app/sample-spread.ts';
import { spreadLimits } from '../domain/schedule/spread-schedule.ts';

const { minSeconds, maxSeconds } = spreadLimits;
const WINDOW_REMEDY = `must be an integer from ${minSeconds} to ${maxSeconds}`;
const SPREAD_REMEDY = 'must be a JSON object with withinSeconds, as in {"withinSeconds": 300}';

/** The window of the action `spread`. */
export const spreadField = z.strictObject(
  {
    withinSeconds: z
      .int(WINDOW_REMEDY)
      .min(minSeconds, WINDOW_REMEDY)
      .max(maxSeconds, WINDOW_REMEDY)
      .meta({ description: 'How much later a job may run, at most, in seconds.', examples: [300] }),
  },
  SPREAD_REMEDY,
);

const count = z.int().min(0);
const jobId = z.int().min(1);
const instant = z.string().meta({ format: 'date-time' });

export const spreadSampleSchema = z
  .strictObject({
    jobs: count.meta({ description: 'The number of jobs that were looked at, up to 100.' }),
    leftOut: z
      .array(z.strictObject({ reason: z.string(), jobs: count, jobId }))
      .meta({ description: 'Jobs among them that keep their schedules, by reason, each with one of them.' }),
    example: z
      .strictObject({
        jobId,
        schedule: z.string(),
        newSchedule: z.string(),
        timeZone: z.string(),
        at: instant.meta({ description: 'The next time by `schedule`.' }),
        newAt: instant.meta({ description: 'The same time by `newSchedule`.' }),
      })
      .nullable()
      .meta({ description: 'The first job that gets another schedule.' }),
  })
  .meta({ description: 'Only for `spread`: what it would do to the first jobs that match.' });

export const spreadSampleResource = ({
  example,
  ...sample
}: SpreadSample): z.infer<typeof spreadSampleSchema> => ({
  ...sample,
  example:
    example === null
      ? null
      : { ...example, at: example.at.toISOString(), newAt: example.newAt.toISOString() },
});
