import type { FieldError } from './errors.ts';
import { defaults, limits, NO_BODY, type JobDescription } from './job.ts';
import { originOf } from './origin.ts';
import { defaultRetryPolicy, retriesOf, type RetryPolicy, totalWait } from './retry-policy.ts';
import { isLocalTime } from './schedule/parse-instant.ts';
import { isOneTimeSchedule } from './schedule/parse-schedule.ts';
import { HIDDEN, isSealed, makeIsSecret, valueLength } from './secret-headers.ts';

/**
 * Returns whether a job recurs after a change. If the change does not contain `isRecurring`, it follows a schedule that
 * changes from recurring to one-time or back, as for a new job, and stays the same otherwise.
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
 * Returns the number of retries after a change. A list of delays sets it, unless the change contains `maxRetryCount`: then
 * `checkJobRules` checks that the two agree.
 */
export function maxRetryCountAfter(
  stored: Pick<JobDescription, 'maxRetryCount'>,
  changes: { maxRetryCount?: number; retry?: RetryPolicy | null },
): number {
  return changes.maxRetryCount ?? retriesOf(changes.retry ?? null) ?? stored.maxRetryCount;
}

/**
 * Checks that a new schedule with a local time has an explicit time zone, from this change or an earlier one. The
 * default would silently make it UTC.
 */
export function checkLocalTime(
  stored: Pick<JobDescription, 'schedule' | 'timeZone'>,
  { schedule, timeZone }: { schedule?: string; timeZone?: string },
): FieldError[] {
  if (schedule === undefined || schedule === stored.schedule || !isLocalTime(schedule)) return [];
  if (timeZone !== undefined || stored.timeZone !== defaults.timeZone) return [];
  const message = `"${schedule}" has no time zone; add Z for UTC or an offset such as +02:00, or set timeZone`;
  return [{ field: 'schedule', message }];
}

/**
 * Checks the rules across several fields of a job. A patch can break them too, so they are checked on the merged job.
 *
 * @param options.mayKeepSecrets accepts the placeholder for a secret, because the stored job is not known yet.
 */
export function checkJobRules(
  job: JobDescription & { secretHeaders: readonly string[] },
  { mayKeepSecrets = false }: { mayKeepSecrets?: boolean } = {},
): FieldError[] {
  const errors = checkBodyOf(job);
  if (job.type === 'AT_MOST_ONCE' && job.maxRetryCount > 0) {
    const message = 'must be 0 for AT_MOST_ONCE, which never retries; send 0, or the type AT_LEAST_ONCE';
    errors.push({ field: 'maxRetryCount', message });
  }
  if (job.isRecurring && isOneTimeSchedule(job.schedule)) {
    const message = 'must be false for an instant, which occurs once; send false, or a cron to recur';
    errors.push({ field: 'isRecurring', message });
  }
  return [...errors, ...checkRetries(job), ...checkSecretHeaders(job, mayKeepSecrets)];
}

/** Checks the rules of retries. The type AT_MOST_ONCE has none, so it refuses every option of retries. */
function checkRetries(job: JobDescription): FieldError[] {
  const { retry, maxRetryCount } = job;
  const errors: FieldError[] = [];
  if (job.type === 'AT_MOST_ONCE') {
    const message =
      'must be null for AT_MOST_ONCE, which never retries; send null, or the type AT_LEAST_ONCE';
    if (retry !== null) errors.push({ field: 'retry', message });
    if (job.stopOn !== null) errors.push({ field: 'stopOn', message });
  } else {
    const delays = retriesOf(retry);
    if (delays !== undefined && delays !== maxRetryCount) {
      const message = `must be the number of delays in retry.delaysSeconds, which has ${delays}, not ${maxRetryCount}; leave it out, or send as many delays`;
      errors.push({ field: 'maxRetryCount', message });
    }
    const { maxMs } = totalWait(retry ?? defaultRetryPolicy, maxRetryCount);
    if (maxMs > limits.totalRetryWaitMs) {
      const [days, most] = [maxMs, limits.totalRetryWaitMs].map((ms) => Math.ceil(ms / 8_640_000) / 10);
      const message = `would let ${maxRetryCount} retries wait for ${days} days in total; at most ${most} days are allowed; send shorter waits, or fewer retries`;
      errors.push({ field: 'retry', message });
    }
  }
  if (job.method === 'HEAD' && job.success !== null && job.success.contains !== null) {
    const message = 'must be null for HEAD, whose responses have no body; send null, or use GET';
    errors.push({ field: 'success.contains', message });
  }
  return errors;
}

/** Checks that a method without a body has none. */
export function checkBodyOf({ method, body }: Pick<JobDescription, 'method' | 'body'>): FieldError[] {
  if (body === NO_BODY || (method !== 'GET' && method !== 'HEAD')) return [];
  const message = `must be null for ${method}, which has no body; send null, or use POST, PUT or PATCH`;
  return [{ field: 'body', message }];
}

/**
 * Checks that a change of the URL's origin sends secret values again. A secret belongs to the origin for which it was
 * set. Otherwise anyone who can change a job could send its secrets to their own server.
 *
 * @param urls the URL of the job before and after the change.
 * @param keptSecrets the names of secret headers without a new value.
 */
export function checkKeptSecrets(
  urls: { before: string; after: string },
  keptSecrets: string[],
): FieldError[] {
  if (originOf(urls.before) === originOf(urls.after)) return [];
  const message =
    'is secret, and was set for the previous scheme, host and port of the URL; send its value again, or send headers ' +
    'without it';
  return keptSecrets.map((name) => ({ field: `headers.${name}`, message }));
}

const MAX_NAME_SHOWN = 100;

function checkSecretHeaders(
  { headers, secretHeaders }: Pick<JobDescription, 'headers'> & { secretHeaders: readonly string[] },
  mayKeepSecrets: boolean,
): FieldError[] {
  const isSecret = makeIsSecret(secretHeaders);
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const field = `headers.${name}`;
    if (value === HIDDEN && isSecret(name) && !mayKeepSecrets) {
      const message =
        'is the placeholder for a secret, but no secret is stored for this header; send the value itself';
      errors.push({ field, message });
    }
    if (isSealed(value) && !isSecret(name)) {
      const message =
        'has a secret value, which cannot be shown again; keep its name in secretHeaders, or send a new value';
      errors.push({ field, message });
    }
  }
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const name of secretHeaders) {
    if (names.has(name.toLowerCase())) continue;
    const message = `${name.slice(0, MAX_NAME_SHOWN)} is not a header of the job; remove it, or send it in headers`;
    errors.push({ field: 'secretHeaders', message });
  }
  // The headers of a request are measured when they are parsed, but together with kept headers they may be too large.
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
