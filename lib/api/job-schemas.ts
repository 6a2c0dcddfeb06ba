import * as z from 'zod';
import type { NewJob } from '../domain/job.ts';
import { askedFields } from './job-fields.ts';

type Fields = typeof askedFields;
type Name = keyof Fields;

const names = Object.keys(askedFields).filter((name): name is Name => name in askedFields);

/** Makes an object with one value for each field; the caller adds the fields for which `make` returns undefined. */
function forEachField<Result extends Record<Name, unknown>>(
  make: (name: Name) => Result[Name] | undefined,
): Result {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it does not know which value stands under which name
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Result;
}

const optional = forEachField<{ [N in Name]: z.ZodExactOptional<Fields[N]['asked']> }>((name) =>
  askedFields[name].asked.exactOptional(),
);

/** How the fields of a job stand in an answer. */
export const shownFields = forEachField<{ [N in Name]: Fields[N]['shown'] }>(
  (name) => askedFields[name].shown,
);

/** All fields of an answer but the body, which is JSON text already. */
export const shownNames = names.filter((name) => name !== 'body');

const JOB_REMEDY = 'must be a JSON object with schedule and api';
const PATCH_REMEDY = 'must be a JSON object with the fields to change';

/** A job as a client describes it. `toNewJob` fills in what the client leaves out. */
export const newJobSchema = z
  .strictObject({ ...optional, schedule: askedFields.schedule.asked, api: askedFields.api.asked }, JOB_REMEDY)
  .meta({ id: 'NewJob' });

const OWN_VALUE =
  "Read-only: the job's own value is ignored, so that its answer can be sent back; another is refused.";
const readOnlyId = z
  .unknown()
  .exactOptional()
  .meta({ description: OWN_VALUE, readOnly: true, type: 'integer' });
const readOnlyInstant = z
  .unknown()
  .exactOptional()
  .meta({ description: OWN_VALUE, readOnly: true, type: ['string', 'null'], format: 'date-time' });

export const jobPatchSchema = z
  .strictObject(
    {
      id: readOnlyId,
      nextExecutionTime: readOnlyInstant,
      createdAt: readOnlyInstant,
      updatedAt: readOnlyInstant,
      ...optional,
    },
    PATCH_REMEDY,
  )
  .meta({ id: 'JobPatch', minProperties: 1 });

/** A new job with its defaults. */
export function toNewJob(given: z.infer<typeof newJobSchema>): NewJob {
  const defaults = forEachField<NewJob>((name) => {
    const field = askedFields[name];
    return 'leftOut' in field ? field.leftOut(given) : undefined;
  });
  const { body, ...fields } = given;
  return { ...defaults, ...fields, ...(body !== undefined && { body: JSON.stringify(body) }) };
}
