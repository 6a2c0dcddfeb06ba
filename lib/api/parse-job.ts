import * as z from 'zod';
import { type FieldError, InvalidScheduleError, ValidationError } from '../domain/errors.ts';
import { firstExecutionTime } from '../domain/first-execution-time.ts';
import { defaults, type JobChanges, type NewJob } from '../domain/job.ts';
import { checkJobRules, checkLocalTime } from '../domain/job-rules.ts';
import { findQuartzWeekday } from '../domain/schedule/schedule-hints.ts';
import type { OutgoingPolicy } from '../outgoing/policy/policy.ts';
import { type ReadBack, readOnlyFields } from '../domain/read-back.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { fieldError, fieldErrors, MAX_ERRORS_FOUND } from './field-errors.ts';
import { jobPatchSchema, newJobSchema, toNewJob } from './job-schemas.ts';
import { apiLimits } from './limits.ts';
import { findRefusal } from '../outgoing/refusal.ts';

/**
 * Parses a new job, and reports all of its errors together, except errors that only name resolution or a request can
 * find.
 *
 * @param policy refuses URLs that can be judged without name resolution. Others are checked before each request.
 * @param nowMs refuses a schedule that has no future time. If left out, only an invalid schedule is refused.
 */
export function parseNewJob(json: unknown, policy: OutgoingPolicy, nowMs?: number): NewJob {
  const parsed = readNewJob(json, { policy, nowMs, path: [] });
  if (parsed.errors !== undefined) throw new ValidationError(parsed.errors);
  return parsed.job;
}

/** Parses a batch of jobs, which is `{ "jobs": [ … ] }` or only the array. */
export function parseNewJobs(json: unknown, policy: OutgoingPolicy, nowMs?: number): NewJob[] {
  const items = readItems(json);
  const jobs: NewJob[] = [];
  const errors: FieldError[] = [];
  for (const [index, item] of items.entries()) {
    const parsed = readNewJob(item, { policy, nowMs, path: [index] });
    if (parsed.errors === undefined) {
      jobs.push(parsed.job);
      continue;
    }
    errors.push(...parsed.errors);
    if (errors.length >= MAX_ERRORS_FOUND) break;
  }
  if (errors.length === 0) errors.push(...repeatedKeys(jobs));
  if (errors.length === 0) return jobs;
  throw new ValidationError(errors);
}

/**
 * Parses a job that is created or replaced by its key. The use case checks read-only fields, kept secrets and whether the
 * schedule has a future time, because these need the stored job.
 */
export function parseReplacement(
  json: unknown,
  policy: OutgoingPolicy,
  key: string,
): { job: NewJob; readBack: ReadBack } {
  const { given, readBack } = isObject(json) ? splitReadOnly(json) : { given: json, readBack: {} };
  const parsed = readNewJob(given, { policy, nowMs: undefined, path: [], mayKeepSecrets: true });
  if (parsed.errors !== undefined) throw new ValidationError(parsed.errors);
  if (parsed.job.key !== null && parsed.job.key !== key) {
    const message = `must be "${key}", as in the path; leave it out`;
    throw new ValidationError([{ field: 'key', message }]);
  }
  return { job: { ...parsed.job, key }, readBack };
}

const isObject = (json: unknown): json is object =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Takes the read-only fields of a job out of its fields. */
function splitReadOnly<Fields extends object>(
  fields: Fields,
): { given: Omit<Fields, keyof ReadBack>; readBack: ReadBack } {
  const given: Fields & ReadBack = { ...fields };
  const readBack: ReadBack = {};
  for (const name of readOnlyFields) {
    if (!Object.hasOwn(given, name)) continue;
    readBack[name] = given[name];
    delete given[name];
  }
  return { given, readBack };
}

/**
 * Parses the fields of a change. The use case checks rules across fields and read-only fields, because both need the
 * stored job.
 */
export function parseJobChanges(
  json: unknown,
  policy: OutgoingPolicy,
): { changes: JobChanges; readBack: ReadBack } {
  const parsed = jobPatchSchema.safeParse(json);
  const errors = parsed.success ? [] : fieldErrors(parsed.error, { schema: newJobSchema });
  const { given, readBack } = splitReadOnly(parsed.success ? parsed.data : validPart(json, parsed.error));
  errors.push(...targetErrors(given, policy), ...scheduleErrors(given));
  if (errors.length > 0) throw new ValidationError(errors);
  if (Object.keys(given).length === 0) {
    const readOnly = Object.keys(readBack);
    const why = readOnly.length === 0 ? '' : ` (${readOnly.join(', ')}: read-only)`;
    throw new ValidationError([fieldError([], `changes nothing${why}; send at least one field to change`)]);
  }
  const { body, ...changes } = given;
  return {
    changes: body === undefined ? changes : { ...changes, body: JSON.stringify(body) },
    readBack,
  };
}

const batchSchema = z.strictObject({ jobs: z.array(z.unknown()) });
const BATCH_REMEDY = `must be an array of 1 to ${apiLimits.batchSize} jobs, as {"jobs": [ … ]} or as the whole body`;

// The number of items is checked first, and then each item: zod would validate a million items before it counts them.
function readItems(json: unknown): unknown[] {
  const parsed = batchSchema.safeParse(Array.isArray(json) ? { jobs: json } : json);
  if (!parsed.success) {
    const errors = fieldErrors(parsed.error, { schema: batchSchema }).map(({ field, message }) =>
      field === 'jobs' || field === 'body' ? { field: 'jobs', message: BATCH_REMEDY } : { field, message },
    );
    throw new ValidationError(errors);
  }
  const { jobs } = parsed.data;
  if (jobs.length === 0 || jobs.length > apiLimits.batchSize) {
    throw new ValidationError([{ field: 'jobs', message: `${BATCH_REMEDY}, not ${jobs.length}` }]);
  }
  return jobs;
}

/** Finds the keys that several jobs of a batch have. */
function repeatedKeys(jobs: readonly NewJob[]): FieldError[] {
  const places = new Map<string, number>();
  return jobs.flatMap(({ key }, index) => {
    if (key === null) return [];
    const first = places.get(key);
    if (first === undefined) {
      places.set(key, index);
      return [];
    }
    const message = `"${key}" is also the key of item ${first} of this batch; send each key once`;
    return [fieldError([index, 'key'], message)];
  });
}

type Parsed = { job: NewJob; errors?: undefined } | { errors: FieldError[] };

type Given = z.infer<typeof jobPatchSchema>;

const FIELDS = Object.keys(newJobSchema.shape);

function readNewJob(
  json: unknown,
  {
    policy,
    nowMs,
    path,
    mayKeepSecrets = false,
  }: { policy: OutgoingPolicy; nowMs: number | undefined; path: number[]; mayKeepSecrets?: boolean },
): Parsed {
  const parsed = newJobSchema.safeParse(json);
  const given = parsed.success ? parsed.data : validPart(json, parsed.error);
  // The default values replace missing or invalid fields. They break no rule.
  const job = toNewJob({ ...given, schedule: given.schedule ?? '@daily', api: given.api ?? '' });
  const found = [
    ...targetErrors(given, policy),
    ...newScheduleErrors(given, nowMs),
    ...checkJobRules(job, { mayKeepSecrets }),
  ];
  const errors = [
    ...(parsed.success ? [] : fieldErrors(parsed.error, { schema: newJobSchema, prefix: path })),
    ...found.map(({ field, message }) => fieldError([...path, field], message)),
  ];
  return errors.length === 0 ? { job } : { errors };
}

/** Returns the valid fields, to check the rules across fields. */
function validPart(json: unknown, { issues }: z.ZodError): Given {
  if (!isObject(json)) return {};
  const faulty = new Set(issues.map(({ path }) => path[0]));
  // secretHeaders contains names of headers, so it cannot be checked without valid headers.
  if (faulty.has('headers')) faulty.add('secretHeaders');
  const entries = Object.entries(json).filter(([name]) => FIELDS.includes(name) && !faulty.has(name));
  // Without this, a local time would cause an additional error about a missing time zone.
  if (faulty.has('timeZone')) entries.push(['timeZone', defaults.timeZone]);
  return jobPatchSchema.safeParse(Object.fromEntries(entries)).data ?? {};
}

/** Returns the errors of the schedule of a new job, including a local time without a time zone. */
export function newScheduleErrors(
  given: Pick<Given, 'schedule' | 'timeZone'>,
  nowMs: number | undefined,
): readonly FieldError[] {
  const missingZone = checkLocalTime({ schedule: '', timeZone: defaults.timeZone }, given);
  return missingZone.length > 0 ? missingZone : scheduleErrors(given, nowMs);
}

/** Returns the errors of a schedule and its time zone. */
function scheduleErrors(
  { schedule, timeZone }: Pick<Given, 'schedule' | 'timeZone'>,
  nowMs?: number,
): readonly FieldError[] {
  if (schedule === undefined && timeZone === undefined) return [];
  const asked = { schedule: schedule ?? '@daily', timeZone: timeZone ?? defaults.timeZone, isActive: true };
  try {
    if (nowMs === undefined) compileSchedule(asked.schedule, asked.timeZone);
    else firstExecutionTime(asked, nowMs);
    // This hint refuses only a new schedule, and never a stored one.
    const hint = findQuartzWeekday(asked.schedule);
    return hint === undefined ? [] : [{ field: 'schedule', message: hint }];
  } catch (error) {
    if (!(error instanceof InvalidScheduleError)) throw error;
    if (schedule === undefined || timeZone === defaults.timeZone) return error.errors;
    if (!error.errors.some(({ field }) => field === 'timeZone')) return error.errors;
    // An invalid time zone would hide the errors of the schedule, most of which do not depend on the time zone.
    return [...error.errors, ...scheduleErrors({ schedule, timeZone: defaults.timeZone }, nowMs)];
  }
}

/** Returns the errors of the URLs that Belfry calls for the job. */
function targetErrors(given: Given, policy: OutgoingPolicy): FieldError[] {
  return (['api', 'onFailure', 'onRecovery'] as const).flatMap((field) => {
    const url = given[field];
    if (url === undefined || url === null) return [];
    const message = findRefusal(policy, new URL(url));
    return message === undefined ? [] : [{ field, message }];
  });
}
