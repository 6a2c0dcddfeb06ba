import * as z from 'zod';
import { defaults, limits } from '../../domain/job.ts';
import { leftOut, orMissing, string } from './kinds.ts';

// The fields about when a job runs, and for how long it is kept.

const SCHEDULE_REMEDY =
  'must be a string of at most 200 characters: a cron expression, a macro, @every with an interval, or an ISO 8601 instant';
const ZONE_REMEDY = 'must be an IANA time zone such as Europe/Berlin';

// The schedule is trimmed here, so that the stored string starts with the characters that identify the kind of
// schedule.
export const schedule = z
  .string(orMissing(SCHEDULE_REMEDY))
  .trim()
  .min(1, SCHEDULE_REMEDY)
  .max(200, SCHEDULE_REMEDY)
  .meta({
    description:
      'A cron with 5 fields, or with 6 fields if seconds come first; a macro such as `@hourly`; `@every 90s`; an ISO 8601 ' +
      'instant, which may be up to 5 s in the past, and is in `timeZone` if it has no offset; or `cron(…)`, `rate(…)` and ' +
      '`at(…)` as in AWS. Spaces around it are removed. Days of the week are 0 to 7, where 0 and 7 are Sunday, or SUN to ' +
      'SAT. If both day of month and day of week are given, a day must match one of them.',
    examples: [
      '*/5 * * * *',
      '0 30 9 * * MON-FRI',
      '0 18 LW * *',
      '@every 90s',
      '2031-05-01T12:00:00Z',
      'cron(0 12 ? * 2-6 *)',
      'rate(5 minutes)',
    ],
  });

export const timeZone = string(100, ZONE_REMEDY)
  .min(1, ZONE_REMEDY)
  .meta({
    description:
      'The IANA name of the time zone for a cron, or for an instant without an offset. Such an instant in a gap of the ' +
      'clock is due right after the gap, and one that occurs twice is due the first time. ' +
      leftOut(defaults.timeZone),
  });

export const isRecurring = z.boolean('must be a boolean, true or false').meta({
  description:
    'Whether the job runs more than once. The default is false for an instant, and true for any other schedule. In a ' +
    'PATCH without this field, it changes when the schedule changes from one kind to the other. A cron with false runs once.',
});
export const isActive = z.boolean('must be a boolean, true or false').meta({
  description: `False pauses the job. ${leftOut('true')}`,
});

const KEPT_REMEDY = `must be an integer from 0 to ${limits.maxKeptDays}, or null, which keeps the job for ever`;
export const deleteFinishedAfterDays = z
  .int(KEPT_REMEDY)
  .min(0, KEPT_REMEDY)
  .max(limits.maxKeptDays, KEPT_REMEDY)
  .nullable()
  .meta({
    description:
      'The number of days after its last run for which a finished job is kept, before Belfry deletes it. Null keeps it for ' +
      `ever. Only a job that does not recur can finish. Its history has its own retention. ${leftOut(String(defaults.deleteFinishedAfterDays))}`,
  });
