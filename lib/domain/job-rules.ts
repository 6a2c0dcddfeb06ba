import type { FieldError } from './errors.ts';
import type { NewJob } from './job.ts';

/** Whether a schedule is written as one instant; it may still be a wrong one. */
export const isInstant = (schedule: string): boolean => /^\d{4}-/.test(schedule);

/** The rules that span several fields of a job. A patch can break them too, so they are asked of the merged job. */
export function checkJobRules(job: NewJob): FieldError[] {
  const errors: FieldError[] = [];
  if (job.body !== null && (job.method === 'GET' || job.method === 'HEAD')) {
    const message = `${job.method} carries no body; leave it out, send null, or use POST, PUT or PATCH`;
    errors.push({ field: 'body', message });
  }
  if (job.type === 'AT_MOST_ONCE' && job.maxRetryCount > 0) {
    const message = 'must be 0 for AT_MOST_ONCE, which never retries; send 0, or type AT_LEAST_ONCE';
    errors.push({ field: 'maxRetryCount', message });
  }
  if (job.isRecurring && isInstant(job.schedule)) {
    const message = 'must be false for an instant, which comes once; send false, or a cron to recur';
    errors.push({ field: 'isRecurring', message });
  }
  return errors;
}
