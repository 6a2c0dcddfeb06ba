import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod';
import { ValidationError } from '../domain/errors.ts';
import { executionStatuses } from '../domain/execution.ts';
import { jobSorts } from '../domain/job-order.ts';
import { MAX_TOTAL } from '../domain/total.ts';
import { fieldErrors } from './field-errors.ts';
import { jobFilterFields } from './job-filter-schema.ts';
import { apiLimits } from './limits.ts';

const LIMIT_REMEDY = `must be an integer from 1 to ${apiLimits.pageSize}`;
const OFFSET_REMEDY = `must be an integer from 0 to ${apiLimits.offset}; to read further, send nextCursor of each page as cursor`;
const COUNT_REMEDY = 'must be true, which adds the total; leave it out otherwise';
const CURSOR_REMEDY =
  'must be the nextCursor of a page of this list, unchanged; leave it out for the first page';

export const limitField = z
  .int(LIMIT_REMEDY)
  .min(1, LIMIT_REMEDY)
  .max(apiLimits.pageSize, LIMIT_REMEDY)
  .default(50);
export const cursorField = z
  .string(CURSOR_REMEDY)
  .max(apiLimits.cursorLength, CURSOR_REMEDY)
  .meta({ description: 'The `nextCursor` of the previous page, unchanged. It cannot be used with `offset`.' })
  .exactOptional();

/** The parameters of a list that is read by cursors alone. */
export const cursorPage = { limit: limitField, cursor: cursorField };
export const cursorPageSchema = z.strictObject(cursorPage);

/** The parameters of a list that can skip items. */
export const page = {
  ...cursorPage,
  offset: z
    .int(OFFSET_REMEDY)
    .min(0, OFFSET_REMEDY)
    .max(apiLimits.offset, OFFSET_REMEDY)
    .meta({
      description:
        'The number of items to skip. The default is 0. It cannot be used with `cursor`, which is faster.',
    })
    .exactOptional(),
};

const counted = {
  count: z
    .literal('true', COUNT_REMEDY)
    .meta({ description: `Adds \`total\`, which is counted up to ${MAX_TOTAL.toLocaleString('en-US')}.` })
    .exactOptional(),
};

export const onlyOne = (given: { offset?: number; cursor?: string }): boolean =>
  given.offset === undefined || given.cursor === undefined;
export const ONE_REMEDY = { path: ['offset'], error: 'cannot be used with cursor; leave one of them out' };

const SORT_REMEDY = `must be one of ${jobSorts.join(', ')}; other orders are not supported`;
const INCLUDE_REMEDY = 'must be body, which adds the body of each job; leave it out otherwise';
const history = executionStatuses.filter((status) => status !== 'SCHEDULED');

export const noQuerySchema = z.strictObject({});
/** The query of a list that is read by cursors alone. */
export const cursorQuerySchema = z.strictObject({
  ...cursorPage,
});
export const pageQuerySchema = z.strictObject({ ...page, ...counted }).refine(onlyOne, ONE_REMEDY);
export const jobsQuerySchema = z
  .strictObject({
    ...page,
    ...counted,
    ...jobFilterFields,
    sort: z
      .enum(jobSorts, SORT_REMEDY)
      .meta({
        description:
          'The order: `createdAt` lists the oldest job first, which is the default, `-createdAt` the latest. ' +
          '`nextExecutionTime` lists the job with the earliest next time first, and leaves out jobs without one.',
      })
      .exactOptional(),
    include: z
      .literal('body', INCLUDE_REMEDY)
      .meta({ description: 'Adds the body of each job. A page may then contain few jobs.' })
      .exactOptional(),
  })
  .refine(onlyOne, ONE_REMEDY);
export const historyQuerySchema = z
  .strictObject({
    ...page,
    ...counted,
    status: z
      .enum(history, {
        error: ({ input }) =>
          input === 'SCHEDULED'
            ? 'cannot be SCHEDULED, because the history has no such executions; GET /api/v1/jobs/{id}/upcoming lists them'
            : `must be one of ${history.join(', ')}`,
      })
      .exactOptional(),
  })
  .refine(onlyOne, ONE_REMEDY);

const NUMBERS: readonly string[] = ['limit', 'offset', 'jobId', 'apiKeyId', 'job', 'runs'];

/** Parses query parameters. Digits are a number in the parameters of `NUMBERS`, and a string in others. */
export function parseQuery<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  event: APIGatewayProxyEvent,
): z.output<z.ZodObject<Shape>> {
  const repeated = Object.entries(event.multiValueQueryStringParameters ?? {}).find(
    ([, values]) => (values?.length ?? 0) > 1,
  );
  if (repeated !== undefined) {
    throw new ValidationError([{ field: repeated[0], message: 'occurs more than once; send it once' }]);
  }
  const given = Object.entries(event.queryStringParameters ?? {});
  const parsed = schema.safeParse(
    Object.fromEntries(
      given.map(([name, value]) => [
        name,
        NUMBERS.includes(name) && /^\d{1,16}$/.test(value ?? '') ? Number(value) : value,
      ]),
    ),
  );
  if (!parsed.success) throw new ValidationError(fieldErrors(parsed.error, { schema, kind: 'parameter' }));
  return parsed.data;
}
