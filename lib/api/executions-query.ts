import * as z from 'zod';
import { begunStatuses, type ExecutionFilter } from '../domain/execution-filter.ts';
import { limits } from '../domain/job.ts';
import { parseInstant } from '../domain/schedule/parse-instant.ts';
import { cursorPage, tag } from './query.ts';

const STATUS_REMEDY = `must be one or more of ${begunStatuses.join(', ')}, separated by commas; executions that have not begun are in GET /api/v1/upcoming`;
const JOB_REMEDY = 'must be the id of a job, which is a positive integer';
const HOST_REMEDY = 'must be the host of a URL without a scheme and without a port, such as api.example.com';
const INSTANT_REMEDY =
  'must be an ISO 8601 instant with seconds and Z or an offset, such as 2031-05-01T12:00:00Z';

const anyStatus = `(${begunStatuses.join('|')})`;

const status = z
  .string(STATUS_REMEDY)
  .max(100, STATUS_REMEDY)
  .regex(new RegExp(`^${anyStatus}(,${anyStatus})*$`), STATUS_REMEDY)
  .meta({
    description: 'Lists only executions with one of these statuses, separated by commas.',
    examples: ['FAILED', 'FAILED,CANCELLED'],
  });

const host = z
  .string(HOST_REMEDY)
  .max(limits.hostLength, HOST_REMEDY)
  .regex(/^([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])$/, HOST_REMEDY)
  .meta({ description: 'The host of the URL, without a port. Its case does not matter.' });

/** An instant in a query. It has the form of RFC 3339. */
const instant = (description: string) =>
  z
    .string(INSTANT_REMEDY)
    .max(40, INSTANT_REMEDY)
    .refine(isInstant, INSTANT_REMEDY)
    .meta({ description, format: 'date-time' });

export const executionsQuerySchema = z.strictObject({
  ...cursorPage,
  status: status.exactOptional(),
  job: z
    .int(JOB_REMEDY)
    .min(1, JOB_REMEDY)
    .meta({ description: 'Lists only executions of the job with this id, which may be deleted.' })
    .exactOptional(),
  tag: tag.meta({ description: 'Lists only executions of jobs that have this tag now.' }).exactOptional(),
  host: host
    .meta({ description: 'Lists only executions of jobs whose URL has this host now, without a port.' })
    .exactOptional(),
  since: instant('Lists only executions with an `executionTime` at or after this instant.').exactOptional(),
  until: instant('Lists only executions with an `executionTime` before this instant.').exactOptional(),
});

export function toExecutionFilter(
  given: Omit<z.infer<typeof executionsQuerySchema>, 'limit' | 'cursor'>,
): ExecutionFilter {
  const statuses = given.status?.split(',');
  return {
    statuses: statuses && begunStatuses.filter((one) => statuses.includes(one)),
    jobId: given.job,
    tag: given.tag,
    host: given.host?.toLowerCase(),
    since: toDate(given.since),
    until: toDate(given.until),
  };
}

const toDate = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(parseInstant(text));

const WITH_SECONDS = /^.{16}:\d\d/;

function isInstant(text: string): boolean {
  if (!WITH_SECONDS.test(text)) return false;
  try {
    parseInstant(text);
    return true;
  } catch {
    return false;
  }
}
