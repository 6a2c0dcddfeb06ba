import * as z from 'zod';
import type { AskedPreview, SchedulePreview } from '../app/preview-schedule.ts';
import { ValidationError } from '../domain/errors.ts';
import { defaults } from '../domain/job.ts';
import { showLocal } from '../domain/schedule/local-time.ts';
import { parseInstant } from '../domain/schedule/parse-instant.ts';
import { ZONE_DATA_VERSION } from '../domain/schedule/time-zone.ts';
import { fieldErrors } from './field-errors.ts';
import { instantField } from './instant-field.ts';
import { askedFields } from './job-fields.ts';
import { newScheduleErrors } from './parse-job.ts';

const MAX_TIMES = 100;
const COUNT_REMEDY = `must be an integer from 1 to ${MAX_TIMES}`;
const PREVIEW_REMEDY = 'must be a JSON object with schedule';

/** The body of a request for a preview. */
export const previewRequestSchema = z
  .strictObject(
    {
      schedule: askedFields.schedule.asked,
      timeZone: askedFields.timeZone.asked.exactOptional(),
      count: z
        .int(COUNT_REMEDY)
        .min(1, COUNT_REMEDY)
        .max(MAX_TIMES, COUNT_REMEDY)
        .meta({ description: 'The number of next times to return. The default is 10.' })
        .exactOptional(),
      after: instantField(
        'The instant after which times are returned. The default is now. For an interval, the first time is one interval later.',
      ).exactOptional(),
    },
    PREVIEW_REMEDY,
  )
  .meta({ id: 'SchedulePreviewRequest' });

const instant = z.string().meta({ format: 'date-time', examples: ['2031-05-01T12:00:00.000Z'] });

export const previewSchema = z
  .strictObject({
    schedule: z.string(),
    timeZone: z.string(),
    kind: z.enum(['cron', 'interval', 'once']),
    words: z.string().meta({ description: 'The schedule in plain English.' }),
    nextTimes: z
      .array(
        z.strictObject({
          utc: instant,
          local: z.string().meta({
            description: 'The same instant as local time in `timeZone`, with its offset.',
            format: 'date-time',
            examples: ['2031-05-01T14:00:00+02:00'],
          }),
        }),
      )
      .meta({ description: 'There are fewer than `count` if the schedule ends earlier.' }),
    clockChanges: z
      .array(
        z.strictObject({
          at: instant.meta({ description: 'The instant of the change.' }),
          effect: z.enum(['MOVED', 'SKIPPED', 'ONCE', 'TWICE']).meta({
            description:
              'MOVED: a time does not exist on that day, and runs at the end of the gap. SKIPPED: times do not exist, and do ' +
              'not run. ONCE: a time comes twice, and runs the first time only. TWICE: times come twice, and run both times.',
          }),
          times: z.int().min(1).meta({ description: 'The number of times of day that are affected.' }),
          note: z.string(),
        }),
      )
      .meta({
        description:
          'The next changes of the clock that affect the schedule: at most 4, within two years. Changes that do not affect it are left out.',
      }),
    timeZoneData: z.string().meta({ description: 'The release of the IANA time zone database.' }),
  })
  .meta({ id: 'SchedulePreview' });

/** Parses the request for a preview. A schedule is refused for the same reasons as that of a new job. */
export function parsePreview(json: unknown, nowMs: number): AskedPreview {
  const parsed = previewRequestSchema.safeParse(json);
  if (!parsed.success) throw new ValidationError(fieldErrors(parsed.error, { schema: previewRequestSchema }));
  const { schedule, timeZone, count = 10, after } = parsed.data;
  const afterMs = after === undefined ? nowMs : parseInstant(after);
  const errors = newScheduleErrors({ schedule, ...(timeZone === undefined ? {} : { timeZone }) }, afterMs);
  if (errors.length > 0) throw new ValidationError(errors);
  return { schedule, timeZone: timeZone ?? defaults.timeZone, count, afterMs };
}

export const previewResource = (
  { schedule, timeZone }: AskedPreview,
  { kind, words, nextTimesMs, clockNotes }: SchedulePreview,
): z.infer<typeof previewSchema> => ({
  schedule,
  timeZone,
  kind,
  words,
  nextTimes: nextTimesMs.map((timeMs) => ({
    utc: new Date(timeMs).toISOString(),
    local: showLocal(timeMs, timeZone),
  })),
  clockChanges: clockNotes.map(({ atMs, effect, times, note }) => ({
    at: new Date(atMs).toISOString(),
    effect,
    times,
    note,
  })),
  timeZoneData: ZONE_DATA_VERSION,
});
