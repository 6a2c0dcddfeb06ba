import type { JobDescription } from './job.ts';

export type JobField = {
  /** The column of the field in the table `jobs`. */
  column: string;
  /** `json text` is a column of type json that is read and written as JSON text, so that nothing is lost. */
  sqlType: 'text' | 'integer' | 'boolean' | 'json' | 'jsonb' | 'json text';
  /** Marks a label. No request and no schedule depends on a label, so a change of a label makes no new revision. */
  isLabel?: true;
};

/**
 * Describes how each field of a job is stored. The statements in `lib/db` that read, insert and change jobs follow from
 * it. `lib/api/job-fields.ts` describes each field in requests and responses. The code does not compile if a field is
 * missing from one of them.
 */
export const jobFields = {
  key: { column: 'key', sqlType: 'text', isLabel: true },
  name: { column: 'name', sqlType: 'text', isLabel: true },
  description: { column: 'description', sqlType: 'text', isLabel: true },
  tags: { column: 'tags', sqlType: 'jsonb', isLabel: true },
  group: { column: 'job_group', sqlType: 'text', isLabel: true },
  owner: { column: 'owner', sqlType: 'text', isLabel: true },
  schedule: { column: 'schedule', sqlType: 'text' },
  timeZone: { column: 'time_zone', sqlType: 'text' },
  api: { column: 'api', sqlType: 'text' },
  method: { column: 'method', sqlType: 'text' },
  headers: { column: 'headers', sqlType: 'json' },
  body: { column: 'body', sqlType: 'json text' },
  type: { column: 'type', sqlType: 'text' },
  isRecurring: { column: 'is_recurring', sqlType: 'boolean' },
  maxRetryCount: { column: 'max_retry_count', sqlType: 'integer' },
  retry: { column: 'retry', sqlType: 'json' },
  maxAgeSeconds: { column: 'max_age_seconds', sqlType: 'integer' },
  stopOn: { column: 'stop_on', sqlType: 'json' },
  success: { column: 'success', sqlType: 'json' },
  timeoutMs: { column: 'timeout_ms', sqlType: 'integer' },
  keepResponse: { column: 'keep_response', sqlType: 'text' },
  isTraced: { column: 'is_traced', sqlType: 'boolean' },
  isActive: { column: 'is_active', sqlType: 'boolean' },
  deleteFinishedAfterDays: { column: 'delete_finished_after_days', sqlType: 'integer', isLabel: true },
  onFailure: { column: 'on_failure', sqlType: 'text', isLabel: true },
  onRecovery: { column: 'on_recovery', sqlType: 'text', isLabel: true },
  pauseAfterFailures: { column: 'pause_after_failures', sqlType: 'integer', isLabel: true },
} as const satisfies Record<keyof JobDescription, JobField>;

export type FieldName = keyof JobDescription;

/** The fields of a job in the order of the statements. */
export const fieldNames = Object.keys(jobFields).filter((name): name is FieldName => name in jobFields);

export type LabelName = {
  [Name in FieldName]: (typeof jobFields)[Name] extends { isLabel: true } ? Name : never;
}[FieldName];

/** The names of the labels, on which no request and no schedule depends. */
export const labelNames = fieldNames.filter((name): name is LabelName => fieldOf(name).isLabel === true);

export const isLabel = (name: string): boolean => labelNames.some((label) => label === name);

export function fieldOf(name: FieldName): JobField {
  return jobFields[name];
}
