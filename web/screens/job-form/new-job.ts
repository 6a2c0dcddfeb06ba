import type { Job, NewJob } from '../../api/types.ts';
import { newJobValues } from './form-values.ts';
import { changedFields, toJobFields } from './job-fields.ts';

/** The fields of a job that the form does not show. */
const unshown = ({ isTraced, deleteFinishedAfterDays }: Job) => ({
  ...(!isTraced && { isTraced }),
  deleteFinishedAfterDays,
});

/**
 * A new job of the fields of the form. Only fields that differ from the defaults are sent: the defaults are the API's.
 *
 * @param source the job that the form is a copy of.
 */
export function toNewJob(fields: Record<string, unknown>, source?: Job): NewJob {
  const defaults = toJobFields(newJobValues('UTC')).fields;
  const { schedule, api: url } = fields;
  const changed = changedFields(fields, defaults);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API judges the values, and its errors show at the fields
  return { schedule, api: url, ...changed, ...(source && unshown(source)) } as NewJob;
}
