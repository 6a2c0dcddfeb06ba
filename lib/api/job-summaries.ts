import * as z from 'zod';
import { executionStatuses } from '../domain/execution.ts';
import { type JobSummary, summaryLimits } from '../domain/job-summary.ts';

const { jobs, runs } = summaryLimits;
const IDS_REMEDY = `must be 1 to ${jobs} ids of jobs, separated by commas`;
const RUNS_REMEDY = `must be an integer from 0 to ${runs}`;

export const summariesQuerySchema = z.strictObject({
  ids: z
    .string(IDS_REMEDY)
    .max(jobs * 17, IDS_REMEDY)
    .regex(new RegExp(`^[1-9]\\d{0,14}(,[1-9]\\d{0,14}){0,${jobs - 1}}$`), IDS_REMEDY)
    .meta({
      description: 'The ids of the jobs, which may be deleted, separated by commas.',
      examples: ['1,2'],
    }),
  runs: z
    .int(RUNS_REMEDY)
    .min(0, RUNS_REMEDY)
    .max(runs, RUNS_REMEDY)
    .default(0)
    .meta({ description: 'The number of the last executions to show of each job.' }),
});

export const toIds = (ids: string): number[] => ids.split(',').map(Number);

const id = z.int().min(1);
const instant = z.string().meta({ format: 'date-time', examples: ['2031-05-01T12:00:00.000Z'] });

// It gives answers their documentation and their types.
export const jobSummariesSchema = z
  .strictObject({
    items: z
      .array(
        z
          .strictObject({
            id,
            key: z.string().nullable(),
            name: z.string().nullable(),
            api: z.string(),
            isDeleted: z.boolean(),
            scheduleWords: z.string().nullable().meta({
              description: 'The schedule in plain English. Null if this version of Belfry cannot read it.',
            }),
            runs: z
              .array(
                z
                  .strictObject({
                    executionId: id,
                    executionTime: instant,
                    status: z.enum(executionStatuses),
                    durationMs: z.number().min(0).nullable(),
                  })
                  .meta({ id: 'RecentRun' }),
              )
              .meta({
                description: 'The last executions of 31 days that have begun or ended, the latest first.',
              }),
          })
          .meta({ id: 'JobSummary' }),
      )
      .meta({ description: 'The jobs in the order of their ids. Ids that no job ever had are left out.' }),
  })
  .meta({ id: 'JobSummaries' });

export const jobSummariesResource = (
  summaries: readonly JobSummary[],
): z.infer<typeof jobSummariesSchema> => ({
  items: summaries.map(({ id, key, name, api, isDeleted, scheduleWords, runs }) => ({
    id,
    key,
    name,
    api,
    isDeleted,
    scheduleWords,
    runs: runs.map(({ executionId, executionTime, status, durationMs }) => ({
      executionId,
      executionTime: executionTime.toISOString(),
      status,
      durationMs,
    })),
  })),
});
