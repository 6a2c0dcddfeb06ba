import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod';
import { ValidationError } from '../domain/errors.ts';
import { executionStatuses } from '../domain/execution.ts';
import { limits } from '../domain/job.ts';
import { fieldErrors } from './field-errors.ts';

const LIMIT_REMEDY = `must be a whole number from 1 to ${limits.pageSize}`;
const OFFSET_REMEDY = 'must be a whole number from 0';

const page = {
  limit: z.int(LIMIT_REMEDY).min(1, LIMIT_REMEDY).max(limits.pageSize, LIMIT_REMEDY).default(50),
  offset: z.int(OFFSET_REMEDY).min(0, OFFSET_REMEDY).default(0),
};

export const noQuerySchema = z.strictObject({});
export const pageQuerySchema = z.strictObject(page);
export const historyQuerySchema = z.strictObject({
  ...page,
  status: z.enum(executionStatuses, `must be one of ${executionStatuses.join(', ')}`).exactOptional(),
});

/** Reads query parameters; plain digits count as a number, whatever the parameter. */
export function parseQuery<T>(schema: z.ZodType<T>, event: APIGatewayProxyEvent): T {
  const repeated = Object.entries(event.multiValueQueryStringParameters ?? {}).find(
    ([, values]) => (values?.length ?? 0) > 1,
  );
  if (repeated !== undefined) {
    throw new ValidationError([{ field: repeated[0], message: 'is there more than once; give it once' }]);
  }
  const given = Object.entries(event.queryStringParameters ?? {});
  const parsed = schema.safeParse(
    Object.fromEntries(
      given.map(([name, value]) => [name, /^\d{1,16}$/.test(value ?? '') ? Number(value) : value]),
    ),
  );
  if (!parsed.success) throw new ValidationError(fieldErrors(parsed.error));
  return parsed.data;
}
