import * as z from 'zod';
import { begunStatuses, type ExecutionFilter } from '../domain/execution-filter.ts';
import { executionTriggers } from '../domain/execution.ts';
import { limits } from '../domain/job.ts';
import { host, tag, text } from './filter-fields.ts';
import { inOrder, instantField, toDate } from './instant-field.ts';
import { cursorPage } from './query.ts';

const STATUS_REMEDY = `must be one or more of ${begunStatuses.join(', ')}, separated by commas; executions that have not begun are in GET /api/v1/upcoming`;
const JOB_REMEDY = 'must be the id of a job, which is a positive integer';

const KEY_REMEDY = `must be a string of 1 to ${limits.keyLength} characters`;
const GROUP_REMEDY = `must be a string of 1 to ${limits.groupLength} characters`;
const TRIGGER_REMEDY = `must be one of ${executionTriggers.join(', ')}`;

const anyStatus = `(${begunStatuses.join('|')})`;

const status = z
  .string(STATUS_REMEDY)
  .max(100, STATUS_REMEDY)
  .regex(new RegExp(`^${anyStatus}(,${anyStatus})*$`), STATUS_REMEDY)
  .meta({
    description: 'Lists only executions with one of these statuses, separated by commas.',
    examples: ['FAILED', 'FAILED,CANCELLED'],
  });

export const executionsQuerySchema = z
  .strictObject({
    ...cursorPage,
    status: status.exactOptional(),
    job: z
      .int(JOB_REMEDY)
      .min(1, JOB_REMEDY)
      .meta({ description: 'Lists only executions of the job with this id, which may be deleted.' })
      .exactOptional(),
    tag: tag.meta({ description: 'Lists only executions of jobs that have this tag now.' }).exactOptional(),
    key: text(limits.keyLength, KEY_REMEDY)
      .meta({ description: 'Lists only executions of the job that has this key now.' })
      .exactOptional(),
    group: text(limits.groupLength, GROUP_REMEDY)
      .meta({ description: 'Lists only executions of jobs of this group.' })
      .exactOptional(),
    trigger: z
      .enum(executionTriggers, TRIGGER_REMEDY)
      .meta({ description: 'Lists only executions that exist for this reason.' })
      .exactOptional(),
    host: host
      .meta({ description: 'Lists only executions of jobs whose URL has this host now, without a port.' })
      .exactOptional(),
    since: instantField(
      'Lists only executions with an `executionTime` at or after this instant.',
    ).exactOptional(),
    until: instantField('Lists only executions with an `executionTime` before this instant.').exactOptional(),
  })
  .refine(...inOrder('since', 'until'));

export function toExecutionFilter(
  given: Omit<z.infer<typeof executionsQuerySchema>, 'limit' | 'cursor'>,
): ExecutionFilter {
  const statuses = given.status?.split(',');
  return {
    statuses: statuses && begunStatuses.filter((one) => statuses.includes(one)),
    jobId: given.job,
    tag: given.tag,
    key: given.key,
    group: given.group,
    trigger: given.trigger,
    host: given.host?.toLowerCase(),
    since: toDate(given.since),
    until: toDate(given.until),
  };
}
