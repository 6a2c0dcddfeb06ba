import * as z from 'zod';
import { limits } from '../domain/job.ts';
import { type JobFilter, jobOutcomes, jobStates, MIN_TEXT_LENGTH } from '../domain/job-filter.ts';
import { MAX_LENGTH } from '../domain/schedule/parse-schedule.ts';
import { host, tag, text } from './filter-fields.ts';
import { instantField, toDate } from './instant-field.ts';

const TEXT_REMEDY = `must be a string of ${MIN_TEXT_LENGTH} to ${limits.searchLength} characters`;
const PREFIX_REMEDY = `must be a string of 1 to ${limits.keyLength} characters`;
const GROUP_REMEDY = `must be a string of 1 to ${limits.groupLength} characters`;
const OWNER_REMEDY = `must be a string of 1 to ${limits.ownerLength} characters`;
const OUTCOME_REMEDY = `must be one of ${jobOutcomes.join(', ')}`;
const ZONE_LENGTH = 100;
const SCHEDULE_REMEDY = `must be a schedule of 1 to ${MAX_LENGTH} characters, such as 0 0 * * *`;
const ZONE_REMEDY = `must be a time zone of 1 to ${ZONE_LENGTH} characters, such as Europe/Berlin`;
const STATE_REMEDY = `must be one or more of ${jobStates.join(', ')}, separated by commas`;
const anyState = `(${jobStates.join('|')})`;

/** The conditions of a filter of jobs, for a query and for a JSON body. */
export const jobFilterFields = {
  text: text(limits.searchLength, TEXT_REMEDY, MIN_TEXT_LENGTH)
    .meta({
      description:
        'Only jobs with this text in their name, description, key or URL. Its case does not matter.',
    })
    .exactOptional(),
  keyPrefix: text(limits.keyLength, PREFIX_REMEDY)
    .meta({ description: 'Only jobs whose key begins with this string.' })
    .exactOptional(),
  tag: tag.meta({ description: 'Only jobs that have this tag.' }).exactOptional(),
  group: text(limits.groupLength, GROUP_REMEDY)
    .meta({ description: 'Only jobs of this group.' })
    .exactOptional(),
  owner: text(limits.ownerLength, OWNER_REMEDY)
    .meta({ description: 'Only jobs of this owner.' })
    .exactOptional(),
  host: host.meta({ description: 'Only jobs whose URL has this host, without a port.' }).exactOptional(),
  schedule: text(MAX_LENGTH, SCHEDULE_REMEDY)
    .meta({
      description: 'Only jobs with this schedule, exactly as they have it.',
      examples: ['0 0 * * *'],
    })
    .exactOptional(),
  timeZone: text(ZONE_LENGTH, ZONE_REMEDY)
    .meta({ description: 'Only jobs with this time zone, exactly as they have it.', examples: ['UTC'] })
    .exactOptional(),
  state: z
    .string(STATE_REMEDY)
    .max(60, STATE_REMEDY)
    .regex(new RegExp(`^${anyState}(,${anyState})*$`), STATE_REMEDY)
    .meta({
      description:
        'Only jobs in one of these states, separated by commas. ACTIVE: `nextExecutionTime` is not null. PAUSED: `isActive` is ' +
        'false. PAUSED_BY_FAILURES: paused jobs that Belfry itself paused, because they failed `pauseAfterFailures` times in a row. ' +
        'FINISHED: active, but without a next time.',
      examples: ['PAUSED', 'ACTIVE,PAUSED'],
    })
    .exactOptional(),
  lastOutcome: z
    .enum(jobOutcomes, OUTCOME_REMEDY)
    .meta({ description: 'Only jobs whose last execution ended with this status.' })
    .exactOptional(),
  nextBefore: instantField('Only jobs whose `nextExecutionTime` is before this instant.').exactOptional(),
};

const jobFilterSchema = z.strictObject(jobFilterFields);

/** Makes the filter from the fields of a request. */
export function toJobFilter(given: z.infer<typeof jobFilterSchema>): JobFilter {
  return { ...given, host: given.host?.toLowerCase(), nextBefore: toDate(given.nextBefore) };
}
