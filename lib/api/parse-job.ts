import * as z from 'zod';
import { BatchError, type FieldError, InvalidScheduleError, ValidationError } from '../domain/errors.ts';
import { firstExecutionTime } from '../domain/first-execution-time.ts';
import { defaults, type JobChanges, type NewJob } from '../domain/job.ts';
import { checkJobRules, checkLocalTime } from '../domain/job-rules.ts';
import { findQuartzWeekday } from '../domain/schedule/schedule-hints.ts';
import type { OutgoingPolicy } from '../outgoing/policy/policy.ts';
import type { ReadBack } from '../domain/read-back.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { fieldError, fieldErrors, MAX_ERRORS_FOUND } from './field-errors.ts';
import { jobPatchSchema, newJobSchema, toNewJob } from './job-schemas.ts';
import { apiLimits } from './limits.ts';
import { findRefusal } from '../outgoing/refusal.ts';

/**
 * All mistakes of a job at once, but those that only its look-up or its use could show.
 *
 * @param policy refuses a target here already where that needs no look-up; the rest is judged when it is called.
 * @param nowMs refuses a schedule that lies in the past or never comes; left out, one that cannot be read alone.
 */
export function parseNewJob(json: unknown, policy: OutgoingPolicy, nowMs?: number): NewJob {
  const parsed = readNewJob(json, { policy, nowMs, path: [] });
  if (parsed.errors !== undefined) throw toError(parsed.errors, parsed.ofSchedule);
  return parsed.job;
}

/** Takes `{ "jobs": [ … ] }` or the bare array. */
export function parseNewJobs(json: unknown, policy: OutgoingPolicy, nowMs?: number): NewJob[] {
  const items = readItems(json);
  const jobs: NewJob[] = [];
  const errors: FieldError[] = [];
  let ofSchedules = 0;
  for (const [index, item] of items.entries()) {
    const parsed = readNewJob(item, { policy, nowMs, path: [index] });
    if (parsed.errors === undefined) {
      jobs.push(parsed.job);
      continue;
    }
    errors.push(...parsed.errors);
    ofSchedules += parsed.ofSchedule;
    if (errors.length >= MAX_ERRORS_FOUND) break;
  }
  if (errors.length === 0) return jobs;
  throw new BatchError(ofSchedules === errors.length ? 'INVALID_SCHEDULE' : 'VALIDATION_ERROR', errors);
}

/**
 * Only what was given: rules across fields need the stored job, and are the use case's to check, as is what the fields
 * say that cannot be changed.
 */
export function parseJobChanges(
  json: unknown,
  policy: OutgoingPolicy,
): { changes: JobChanges; readBack: ReadBack } {
  const parsed = jobPatchSchema.safeParse(json);
  const errors = parsed.success ? [] : fieldErrors(parsed.error, { known: FIELDS });
  const { id, nextExecutionTime, createdAt, updatedAt, ...given } = parsed.success
    ? parsed.data
    : validPart(json, parsed.error);
  errors.push(...(given.api === undefined ? [] : targetErrors(given.api, policy)));
  const ofSchedule = scheduleErrors(given);
  errors.push(...ofSchedule);
  if (errors.length > 0) throw toError(errors, ofSchedule.length);
  if (Object.keys(given).length === 0) {
    throw new ValidationError([fieldError([], 'changes nothing; give at least one field to change')]);
  }
  const { body, ...changes } = given;
  return {
    changes: body === undefined ? changes : { ...changes, body: JSON.stringify(body) },
    readBack: { id, nextExecutionTime, createdAt, updatedAt },
  };
}

function toError(errors: readonly FieldError[], ofSchedule: number): ValidationError {
  const [error] = errors;
  if (error !== undefined && errors.length === 1 && ofSchedule === 1) {
    return new InvalidScheduleError(error.field === 'timeZone' ? 'timeZone' : 'schedule', error.message);
  }
  return new ValidationError(errors);
}

const batchSchema = z.strictObject({ jobs: z.array(z.unknown()) });
const BATCH_REMEDY = `must be an array of 1 to ${apiLimits.batchSize} jobs, as {"jobs": [ … ]} or by itself`;

// The count comes first, and the items one by one after it: zod would validate a million items before it counts them.
function readItems(json: unknown): unknown[] {
  const parsed = batchSchema.safeParse(Array.isArray(json) ? { jobs: json } : json);
  if (!parsed.success) {
    const errors = fieldErrors(parsed.error, { known: ['jobs'] }).map(({ field, message }) =>
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

type Parsed =
  | { job: NewJob; errors?: undefined }
  /** So many of the errors are those of the schedule. */
  | { errors: FieldError[]; ofSchedule: number };

type Given = z.infer<typeof jobPatchSchema>;

const FIELDS = Object.keys(newJobSchema.shape);

function readNewJob(
  json: unknown,
  { policy, nowMs, path }: { policy: OutgoingPolicy; nowMs: number | undefined; path: number[] },
): Parsed {
  const parsed = newJobSchema.safeParse(json);
  const given = parsed.success ? parsed.data : validPart(json, parsed.error);
  const ofSchedule = newScheduleErrors(given, nowMs);
  // Stand for what is missing or wrong, and break no rule.
  const job = toNewJob({ ...given, schedule: given.schedule ?? '@daily', api: given.api ?? '' });
  const found = [
    ...(given.api === undefined ? [] : targetErrors(given.api, policy)),
    ...ofSchedule,
    ...checkJobRules(job),
  ];
  const errors = [
    ...(parsed.success ? [] : fieldErrors(parsed.error, { known: FIELDS, prefix: path })),
    ...found.map(({ field, message }) => fieldError([...path, field], message)),
  ];
  return errors.length === 0 ? { job } : { errors, ofSchedule: ofSchedule.length };
}

/** The fields in which no mistake was found, to look for others that they make together. */
function validPart(json: unknown, { issues }: z.ZodError): Given {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return {};
  const faulty = new Set(issues.map(({ path }) => path[0]));
  // They name headers, which cannot be looked up where these are faulty.
  if (faulty.has('headers')) faulty.add('secretHeaders');
  const entries = Object.entries(json).filter(([name]) => FIELDS.includes(name) && !faulty.has(name));
  // Else a local time would be told to lack one.
  if (faulty.has('timeZone')) entries.push(['timeZone', defaults.timeZone]);
  return jobPatchSchema.safeParse(Object.fromEntries(entries)).data ?? {};
}

function newScheduleErrors(given: Given, nowMs: number | undefined): readonly FieldError[] {
  const missingZone = checkLocalTime({ schedule: '', timeZone: defaults.timeZone }, given);
  return missingZone.length > 0 ? missingZone : scheduleErrors(given, nowMs);
}

/** What is wrong with a schedule, or a time zone, by itself. */
function scheduleErrors({ schedule, timeZone }: Given, nowMs?: number): readonly FieldError[] {
  if (schedule === undefined && timeZone === undefined) return [];
  const asked = { schedule: schedule ?? '@daily', timeZone: timeZone ?? defaults.timeZone, isActive: true };
  try {
    if (nowMs === undefined) compileSchedule(asked.schedule, asked.timeZone);
    else firstExecutionTime(asked, nowMs);
    // Stands in the way of a new schedule, and not of one that is stored.
    const hint = findQuartzWeekday(asked.schedule);
    return hint === undefined ? [] : [{ field: 'schedule', message: hint }];
  } catch (error) {
    if (!(error instanceof InvalidScheduleError)) throw error;
    if (schedule === undefined || timeZone === defaults.timeZone) return error.errors;
    if (!error.errors.some(({ field }) => field === 'timeZone')) return error.errors;
    // A wrong zone hides what is wrong with the schedule, which most zones would not change.
    return [...error.errors, ...scheduleErrors({ schedule, timeZone: defaults.timeZone }, nowMs)];
  }
}

function targetErrors(api: string, policy: OutgoingPolicy): FieldError[] {
  const message = findRefusal(policy, new URL(api));
  return message === undefined ? [] : [{ field: 'api', message }];
}
