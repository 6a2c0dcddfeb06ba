import type { FieldError } from './errors.ts';
import { defaults, limits, NO_BODY, type JobDescription } from './job.ts';
import { originOf } from './origin.ts';
import { isLocalTime } from './schedule/parse-instant.ts';
import { isOneTimeSchedule } from './schedule/parse-schedule.ts';
import { HIDDEN, isSealed, makeIsSecret, valueLength } from './secret-headers.ts';

/**
 * Whether a job recurs after a change that does not say: it follows the schedule where that turns from recurring to
 * one-time or back, as for a new job, and stays as it is otherwise.
 */
export function recurrenceAfter(
  stored: Pick<JobDescription, 'schedule' | 'isRecurring'>,
  changes: { schedule?: string; isRecurring?: boolean },
): boolean {
  if (changes.isRecurring !== undefined) return changes.isRecurring;
  const isOneTime = isOneTimeSchedule(changes.schedule ?? stored.schedule);
  return isOneTime === isOneTimeSchedule(stored.schedule) ? stored.isRecurring : !isOneTime;
}

/**
 * A new schedule that is a local time needs a time zone that somebody gave, now or before: the default would silently
 * make it UTC.
 */
export function checkLocalTime(
  stored: Pick<JobDescription, 'schedule' | 'timeZone'>,
  { schedule, timeZone }: { schedule?: string; timeZone?: string },
): FieldError[] {
  if (schedule === undefined || schedule === stored.schedule || !isLocalTime(schedule)) return [];
  if (timeZone !== undefined || stored.timeZone !== defaults.timeZone) return [];
  const message = `"${schedule}" could be any of many instants; add Z for UTC, an offset such as +02:00, or give a timeZone`;
  return [{ field: 'schedule', message }];
}

/** The rules that span several fields of a job. A patch can break them too, so they are asked of the merged job. */
export function checkJobRules(job: JobDescription & { secretHeaders: readonly string[] }): FieldError[] {
  const errors: FieldError[] = [];
  if (job.body !== NO_BODY && (job.method === 'GET' || job.method === 'HEAD')) {
    const message = `${job.method} carries no body; leave it out, send null, or use POST, PUT or PATCH`;
    errors.push({ field: 'body', message });
  }
  if (job.type === 'AT_MOST_ONCE' && job.maxRetryCount > 0) {
    const message = 'must be 0 for AT_MOST_ONCE, which never retries; send 0, or type AT_LEAST_ONCE';
    errors.push({ field: 'maxRetryCount', message });
  }
  if (job.isRecurring && isOneTimeSchedule(job.schedule)) {
    const message = 'must be false for an instant, which comes once; send false, or a cron to recur';
    errors.push({ field: 'isRecurring', message });
  }
  return [...errors, ...checkSecretHeaders(job)];
}

/**
 * A secret belongs to the origin that it was given for. Otherwise anyone who can change a job could have its secrets sent to
 * a server of their own.
 *
 * @param urls of the job, before the change and after it. @param keptSecrets names of those that get no new value.
 */
export function checkKeptSecrets(
  urls: { before: string; after: string },
  keptSecrets: string[],
): FieldError[] {
  if (originOf(urls.before) === originOf(urls.after)) return [];
  const message =
    'is secret, and belongs to the scheme, host and port that the URL had; for another URL send its value again, or send ' +
    'headers without it';
  return keptSecrets.map((name) => ({ field: `headers.${name}`, message }));
}

const MAX_NAME_SHOWN = 100;

function checkSecretHeaders({
  headers,
  secretHeaders,
}: Pick<JobDescription, 'headers'> & { secretHeaders: readonly string[] }): FieldError[] {
  const isSecret = makeIsSecret(secretHeaders);
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const field = `headers.${name}`;
    if (value === HIDDEN && isSecret(name)) {
      const message = `is what stands for a secret in answers, and no such value is stored; give the value itself`;
      errors.push({ field, message });
    }
    if (isSealed(value) && !isSecret(name)) {
      const message =
        'has a secret value, which cannot be made readable; name it in secretHeaders, or give a new value';
      errors.push({ field, message });
    }
  }
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const name of secretHeaders) {
    if (names.has(name.toLowerCase())) continue;
    const message = `${name.slice(0, MAX_NAME_SHOWN)} is no header of the job; leave it out, or give it in headers`;
    errors.push({ field: 'secretHeaders', message });
  }
  // Those that are given are measured when they are read; with what is kept of before they may be too many.
  const sizeBytes = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + valueLength(value),
    0,
  );
  if (sizeBytes > limits.headerBytes) {
    const message = `names and values together may have at most ${limits.headerBytes} bytes, not ${sizeBytes}`;
    errors.push({ field: 'headers', message });
  }
  return errors;
}
