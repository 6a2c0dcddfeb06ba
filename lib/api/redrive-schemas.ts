import * as z from 'zod';
import { ValidationError } from '../domain/errors.ts';
import { operationDefaults, operationLimits } from '../domain/operation.ts';
import { fieldErrors } from './field-errors.ts';
import { DRY_RUN_REMEDY, rate } from './operation-schemas.ts';

const count = z.int().min(0);

const REDRIVE_REMEDY =
  'must be a JSON object, which may have ratePerSecond, includeSucceeded and dryRun; leave it out for the defaults';

export const redriveSchema = z
  .strictObject(
    {
      ratePerSecond: rate(
        operationLimits.maxRunsPerSecond,
        `The maximum number of executions per second, on average over a minute. The default is ${operationDefaults.redrivesPerSecond}.`,
      ).exactOptional(),
      includeSucceeded: z
        .boolean('must be a boolean, true or false')
        .meta({
          description: 'Also repeats executions of jobs that have succeeded since. The default is false.',
        })
        .exactOptional(),
      dryRun: z
        .boolean(DRY_RUN_REMEDY)
        .meta({ description: 'True counts the executions and repeats none of them.' })
        .exactOptional(),
    },
    REDRIVE_REMEDY,
  )
  .meta({ id: 'Redrive' });

export const redriveDryRunSchema = z
  .strictObject({
    matched: z.strictObject({ count, isCapped: z.boolean() }).meta({
      description: 'The executions that would be repeated. `isCapped` says that there are more than `count`.',
    }),
  })
  .meta({ id: 'RedriveDryRun' });

/** The request to repeat the executions of a failure group. */
export type AskedRedrive = { ratePerSecond: number; includeSucceeded: boolean; dryRun: boolean };

export function parseRedrive(json: unknown): AskedRedrive {
  const parsed = redriveSchema.safeParse(json);
  if (!parsed.success) {
    throw new ValidationError(fieldErrors(parsed.error, { schema: redriveSchema }));
  }
  const {
    ratePerSecond = operationDefaults.redrivesPerSecond,
    includeSucceeded = false,
    dryRun = false,
  } = parsed.data;
  return { ratePerSecond, includeSucceeded, dryRun };
}
