import * as z from 'zod';
import { ValidationError } from '../domain/errors.ts';
import type { JsonText } from '../domain/job.ts';
import { fieldErrors } from './field-errors.ts';
import { askedFields } from './job-fields.ts';

const RUN_REMEDY = 'must be a JSON object, which may have a body; leave it out to run the job as it is';
const RETRY_REMEDY = 'must be a JSON object, which may have force; leave it out to repeat a failed execution';

export const runSchema = z
  .strictObject(
    {
      body: askedFields.body.asked
        .meta({
          description:
            'Replaces the body of the job in this execution, by the same rules as the body of a job.',
        })
        .exactOptional(),
    },
    RUN_REMEDY,
  )
  .meta({ id: 'RunJob' });

export const retrySchema = z
  .strictObject(
    {
      force: z
        .boolean('must be true or false')
        .meta({
          description:
            'Also repeats an execution that has succeeded, or that an open execution already repeats. The default is false.',
        })
        .exactOptional(),
    },
    RETRY_REMEDY,
  )
  .meta({ id: 'RetryExecution' });

/** Parses the request to run a job. */
export function parseRun(json: unknown): { body: JsonText | undefined } {
  const { body } = parse(runSchema, json);
  return { body: body === undefined ? undefined : JSON.stringify(body) };
}

/** Parses the request to repeat an execution. */
export function parseRetry(json: unknown): { force: boolean } {
  const { force = false } = parse(retrySchema, json);
  return { force };
}

function parse<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, json: unknown) {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ValidationError(fieldErrors(parsed.error, { schema }));
}
