import * as z from 'zod';
import type { NewJob } from '../domain/job.ts';
import { askedFields } from './job-fields.ts';

type Fields = typeof askedFields;
type Name = keyof Fields;

const names = Object.keys(askedFields).filter((name): name is Name => name in askedFields);

/** Makes an object with one value per field. The caller adds the fields for which `make` returns undefined. */
function forEachField<Result extends Record<Name, unknown>>(
  make: (name: Name) => Result[Name] | undefined,
): Result {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries loses the type of each value
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Result;
}

const optional = forEachField<{ [N in Name]: z.ZodExactOptional<Fields[N]['asked']> }>((name) =>
  askedFields[name].asked.exactOptional(),
);

/** The schemas of the fields of a job in a response. */
export const shownFields = forEachField<{ [N in Name]: Fields[N]['shown'] }>(
  (name) => askedFields[name].shown,
);

/** The names of all fields of a response except the body, which is already JSON text. */
export const shownNames = names.filter((name) => name !== 'body');

const JOB_REMEDY = 'must be a JSON object with schedule and api';
const PATCH_REMEDY = 'must be a JSON object with the fields to change';

/** The schema of a new job in a request. `toNewJob` adds the defaults. */
export const newJobSchema = z
  .strictObject({ ...optional, schedule: askedFields.schedule.asked, api: askedFields.api.asked }, JOB_REMEDY)
  .meta({ id: 'NewJob' });

const OWN_VALUE =
  "Read-only. The job's own value is ignored, so that a client can send a response back. Any other value is refused.";
const readOnlyId = z
  .unknown()
  .exactOptional()
  .meta({ description: OWN_VALUE, readOnly: true, type: 'integer' });
const readOnlyInstant = z
  .unknown()
  .exactOptional()
  .meta({ description: OWN_VALUE, readOnly: true, type: ['string', 'null'], format: 'date-time' });
const readOnlyTotal = z
  .unknown()
  .exactOptional()
  .meta({ description: OWN_VALUE, readOnly: true, type: 'object' });

const readOnly = {
  id: readOnlyId,
  nextExecutionTime: readOnlyInstant,
  createdAt: readOnlyInstant,
  updatedAt: readOnlyInstant,
  retriesLastSeconds: readOnlyTotal,
  failuresInARow: z.unknown().exactOptional().meta({
    description: `Read-only. Any count is ignored, because it changes at any time.`,
    readOnly: true,
    type: 'integer',
  }),
  lastOutcome: z
    .unknown()
    .exactOptional()
    .meta({
      description: 'Read-only. Any outcome is ignored, because it changes at any time.',
      readOnly: true,
      type: ['string', 'null'],
    }),
  pausedByFailuresAt: z
    .unknown()
    .exactOptional()
    .meta({
      description: 'Read-only. Any instant is ignored, because it changes at any time.',
      readOnly: true,
      type: ['string', 'null'],
      format: 'date-time',
    }),
};

export const jobPatchSchema = z
  .strictObject({ ...readOnly, ...optional }, PATCH_REMEDY)
  .meta({ id: 'JobPatch', minProperties: 1 });

/** The schema of a job that is created or replaced by its key. */
export const jobPutSchema = z
  .strictObject({ ...readOnly, ...newJobSchema.shape }, JOB_REMEDY)
  .meta({ id: 'JobPut' });

/** Makes a new job from a request, with defaults for fields that are left out. */
export function toNewJob(given: z.infer<typeof newJobSchema>): NewJob {
  const defaults = forEachField<NewJob>((name) => {
    const field = askedFields[name];
    return 'leftOut' in field ? field.leftOut(given) : undefined;
  });
  const { body, ...fields } = given;
  return { ...defaults, ...fields, ...(body !== undefined && { body: JSON.stringify(body) }) };
}
