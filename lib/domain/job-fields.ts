import type { JobDescription } from './job.ts';

export type JobField = {
  /** Its column in the table `jobs`. */
  column: string;
  /** `json text`: a column of type json that is read and written as JSON text, so that nothing of it is lost. */
  sqlType: 'text' | 'integer' | 'boolean' | 'json' | 'jsonb' | 'json text';
  /** No request and no schedule depends on a label, so a change of one makes no new revision. */
  isLabel?: true;
};

/**
 * Describes how each field of a job is stored. The statements in `lib/db` that read, insert and change jobs follow from it.
 * How a field is asked for and shown stands in `lib/api/job-fields.ts`. A field that is missing from either does not
 * compile.
 */
export const jobFields = {
  name: { column: 'name', sqlType: 'text', isLabel: true },
  description: { column: 'description', sqlType: 'text', isLabel: true },
  tags: { column: 'tags', sqlType: 'jsonb', isLabel: true },
  schedule: { column: 'schedule', sqlType: 'text' },
  timeZone: { column: 'time_zone', sqlType: 'text' },
  api: { column: 'api', sqlType: 'text' },
  method: { column: 'method', sqlType: 'text' },
  headers: { column: 'headers', sqlType: 'json' },
  body: { column: 'body', sqlType: 'json text' },
  type: { column: 'type', sqlType: 'text' },
  isRecurring: { column: 'is_recurring', sqlType: 'boolean' },
  maxRetryCount: { column: 'max_retry_count', sqlType: 'integer' },
  timeoutMs: { column: 'timeout_ms', sqlType: 'integer' },
  isActive: { column: 'is_active', sqlType: 'boolean' },
} as const satisfies Record<keyof JobDescription, JobField>;

export type FieldName = keyof JobDescription;

/** The fields of a job in the order of the statements. */
export const fieldNames = Object.keys(jobFields).filter((name): name is FieldName => name in jobFields);

export type LabelName = {
  [Name in FieldName]: (typeof jobFields)[Name] extends { isLabel: true } ? Name : never;
}[FieldName];

/** Fields that no request and no schedule depends on. */
export const labelNames = fieldNames.filter((name): name is LabelName => fieldOf(name).isLabel === true);

export const isLabel = (name: string): boolean => labelNames.some((label) => label === name);

export function fieldOf(name: FieldName): JobField {
  return jobFields[name];
}
