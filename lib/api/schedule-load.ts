import * as z from 'zod';
import type { AskedLoad } from '../app/load/asked-load.ts';
import type { ScheduleLoad } from '../app/schedule-load.ts';
import { DAY_MS } from '../domain/day.ts';
import { ValidationError } from '../domain/errors.ts';
import { MINUTE_MS } from '../domain/load/load.ts';
import { parseInstant } from '../domain/schedule/parse-instant.ts';
import { fieldErrors } from './field-errors.ts';
import { instantField } from './instant-field.ts';

const MAX_DAYS = 31;
const MAX_JOB_IDS = 1_000;
const MAX_BUSIEST = 60;
const JOB_IDS_REMEDY = `must be an array of 1 to ${MAX_JOB_IDS} ids of jobs; leave it out for all jobs`;
const JOB_ID_REMEDY = 'must be the id of a job, which is a positive integer';
const MAX_AGE_SECONDS = 3_600;
const BUSIEST_REMEDY = `must be an integer from 0 to ${MAX_BUSIEST}`;
const MAX_AGE_REMEDY = `must be an integer from 0 to ${MAX_AGE_SECONDS}; 0 counts now`;
const LOAD_REMEDY = 'must be a JSON object; {} asks for the next 24 hours of all jobs';

/** The body of a request for the load. */
export const loadRequestSchema = z
  .strictObject(
    {
      from: instantField(
        'The start of the window, which is rounded down to the minute. It must not be in the past. The default is now.',
      ).exactOptional(),
      until: instantField(
        `The end of the window, which is rounded up to the minute: at most ${MAX_DAYS} days after \`from\`. The default is 24 hours after it.`,
      ).exactOptional(),
      jobIds: z
        .array(z.int(JOB_ID_REMEDY).min(1, JOB_ID_REMEDY), JOB_IDS_REMEDY)
        .min(1, JOB_IDS_REMEDY)
        .max(MAX_JOB_IDS, JOB_IDS_REMEDY)
        .meta({ description: 'Counts only these jobs. Paused, deleted and unknown jobs have no runs.' })
        .exactOptional(),
      busiest: z
        .int(BUSIEST_REMEDY)
        .min(0, BUSIEST_REMEDY)
        .max(MAX_BUSIEST, BUSIEST_REMEDY)
        .meta({ description: 'How many of the busiest minutes to describe. The default is 10.' })
        .exactOptional(),
      maxAgeSeconds: z
        .int(MAX_AGE_REMEDY)
        .min(0, MAX_AGE_REMEDY)
        .max(MAX_AGE_SECONDS, MAX_AGE_REMEDY)
        .meta({
          description:
            'How old the counts may be. The scheduler counts all jobs every 5 minutes. If that count is young enough and has ' +
            'at least 1,000 jobs, the answer takes it, which is fast. It is counted now if `jobIds` is given, or if the schedules that ' +
            'were kept may not be those with the most runs. The default is 0: count now.',
        })
        .exactOptional(),
    },
    LOAD_REMEDY,
  )
  .meta({ id: 'ScheduleLoadRequest' });

const count = z.int().min(0);
const instant = z.string().meta({ format: 'date-time', examples: ['2031-05-01T12:00:00.000Z'] });

const loadPartSchema = z.strictObject({
  schedule: z.string().nullable().meta({ description: 'Null for jobs that run once, which may differ.' }),
  timeZone: z.string().nullable().meta({ description: 'Null if it does not matter, as for an interval.' }),
  jobs: count.meta({ description: 'The number of jobs that are due together.' }),
  runs: count,
  jobIds: z.array(z.int().min(1)).meta({
    description: 'Up to 5 of these jobs. Empty if they were changed or deleted since the count.',
  }),
});

export const loadSchema = z
  .strictObject({
    from: instant,
    until: instant,
    countedAt: instant.meta({
      description: 'When the runs were counted. Later changes of jobs are not in the answer.',
    }),
    jobs: count.meta({
      description:
        'The number of active jobs that were counted. A job that runs once counts if it is due in the window.',
    }),
    runs: count.meta({ description: 'The number of runs in the window.' }),
    isExact: z.boolean().meta({
      description:
        'False if a limit left out some schedules or spread them evenly: more than 100,000 different crons, more than 200,000 ' +
        'different times of intervals, or a schedule that cannot be read.',
    }),
    perMinute: z.array(count).meta({ description: 'The number of runs in each minute from `from` on.' }),
    busiest: z
      .array(
        z.strictObject({
          at: instant.meta({ description: 'The start of the minute.' }),
          runs: count,
          schedules: z
            .array(loadPartSchema)
            .meta({ description: 'The schedules with the most runs in this minute, up to 5.' }),
        }),
      )
      .meta({ description: 'The busiest minutes, the busiest first. Minutes without a run are left out.' }),
  })
  .meta({ id: 'ScheduleLoad' });

/** Parses the request for the load. */
export function parseLoad(json: unknown, nowMs: number): AskedLoad {
  const parsed = loadRequestSchema.safeParse(json);
  if (!parsed.success) {
    throw new ValidationError(fieldErrors(parsed.error, { schema: loadRequestSchema }));
  }
  const { from, until, jobIds, busiest = 10, maxAgeSeconds = 0 } = parsed.data;
  const fromMs = Math.floor((from === undefined ? nowMs : parseInstant(from)) / MINUTE_MS) * MINUTE_MS;
  const untilMs =
    until === undefined ? fromMs + DAY_MS : Math.ceil(parseInstant(until) / MINUTE_MS) * MINUTE_MS;
  if (fromMs < nowMs - MINUTE_MS) {
    throw refusal('from', 'is in the past; GET /api/v1/executions lists executions that have run');
  }
  if (untilMs <= fromMs) {
    throw refusal(
      'until',
      from === undefined
        ? 'is in the past; send an instant in the future'
        : 'must be later than from; send a later until, or an earlier from',
    );
  }
  if (untilMs > fromMs + MAX_DAYS * DAY_MS) {
    throw refusal('until', `must be at most ${MAX_DAYS} days after from; ask for a shorter window`);
  }
  return { fromMs, untilMs, jobIds, busiest, maxAgeMs: maxAgeSeconds * 1_000 };
}

const refusal = (field: string, message: string): ValidationError =>
  new ValidationError([{ field, message }]);

export const loadResource = (
  { fromMs, untilMs }: AskedLoad,
  { countedAtMs, jobs, perMinute, isExact, busiest }: ScheduleLoad,
): z.infer<typeof loadSchema> => ({
  from: new Date(fromMs).toISOString(),
  until: new Date(untilMs).toISOString(),
  countedAt: new Date(countedAtMs).toISOString(),
  jobs,
  runs: perMinute.reduce((sum, runs) => sum + runs, 0),
  isExact,
  perMinute,
  busiest: busiest.map(({ minuteMs, runs, parts }) => ({
    at: new Date(minuteMs).toISOString(),
    runs,
    schedules: parts,
  })),
});
