import * as z from 'zod';
import { BatchError, type FieldError, ValidationError } from '../domain/errors.ts';
import { defaults, type JobChanges, limits, type NewJob } from '../domain/job.ts';
import { fieldError, fieldErrors, MAX_ERRORS_FOUND } from './field-errors.ts';
import { checkJobRules } from '../domain/job-rules.ts';
import { isOneTimeSchedule } from '../domain/schedule/parse-schedule.ts';
import { findQuartzWeekday } from '../domain/schedule/schedule-hints.ts';
import type { OutgoingPolicy } from '../domain/outgoing/policy.ts';
import { jobPatchSchema, newJobSchema } from './job-schemas.ts';
import { findRefusal } from './outgoing/refusal.ts';

/** @param policy refuses a target here already where that needs no look-up; the rest is judged when it is called. */
export function parseNewJob(json: unknown, policy: OutgoingPolicy): NewJob {
  const parsed = readNewJob(json, policy, []);
  if (parsed.errors !== undefined) throw new ValidationError(parsed.errors);
  return parsed.job;
}

/** Takes `{ "jobs": [ … ] }` or the bare array. */
export function parseNewJobs(json: unknown, policy: OutgoingPolicy): NewJob[] {
  const items = readItems(json);
  const jobs: NewJob[] = [];
  const errors: FieldError[] = [];
  for (const [index, item] of items.entries()) {
    const parsed = readNewJob(item, policy, [index]);
    if (parsed.errors === undefined) jobs.push(parsed.job);
    else errors.push(...parsed.errors);
    if (errors.length >= MAX_ERRORS_FOUND) break;
  }
  if (errors.length > 0) throw new BatchError('VALIDATION_ERROR', errors);
  return jobs;
}

/** Only what was given: rules across fields need the stored job, and are the use case's to check. */
export function parseJobChanges(json: unknown, policy: OutgoingPolicy): JobChanges {
  const parsed = jobPatchSchema.safeParse(json);
  if (!parsed.success) throw new ValidationError(fieldErrors(parsed.error));
  if (Object.keys(parsed.data).length === 0) {
    throw new ValidationError([fieldError([], 'changes nothing; give at least one field to change')]);
  }
  const { body, ...changes } = parsed.data;
  const { api, schedule } = changes;
  const refused = [
    ...(api === undefined ? [] : targetErrors(api, policy)),
    ...(schedule === undefined ? [] : scheduleErrors(schedule)),
  ];
  if (refused.length > 0) throw new ValidationError(refused);
  return body === undefined ? changes : { ...changes, body: JSON.stringify(body) };
}

const batchSchema = z.strictObject({ jobs: z.array(z.unknown()) });
const BATCH_REMEDY = `must be an array of 1 to ${limits.batchSize} jobs, as {"jobs": [ … ]} or by itself`;

// The count comes first, and the items one by one after it: zod would validate a million items before it counts them.
function readItems(json: unknown): unknown[] {
  const parsed = batchSchema.safeParse(Array.isArray(json) ? { jobs: json } : json);
  if (!parsed.success) {
    const errors = fieldErrors(parsed.error).map(({ field, message }) =>
      field === 'jobs' || field === 'body' ? { field: 'jobs', message: BATCH_REMEDY } : { field, message },
    );
    throw new ValidationError(errors);
  }
  const { jobs } = parsed.data;
  if (jobs.length === 0 || jobs.length > limits.batchSize) {
    throw new ValidationError([{ field: 'jobs', message: `${BATCH_REMEDY}, not ${jobs.length}` }]);
  }
  return jobs;
}

type Parsed = { job: NewJob; errors?: undefined } | { errors: FieldError[] };

function readNewJob(json: unknown, policy: OutgoingPolicy, path: number[]): Parsed {
  const parsed = newJobSchema.safeParse(json);
  if (!parsed.success) return { errors: fieldErrors(parsed.error, path) };
  const job = toNewJob(parsed.data);
  const errors = [...targetErrors(job.api, policy), ...scheduleErrors(job.schedule), ...checkJobRules(job)];
  if (errors.length === 0) return { job };
  return { errors: errors.map(({ field, message }) => fieldError([...path, field], message)) };
}

function targetErrors(api: string, policy: OutgoingPolicy): FieldError[] {
  const message = findRefusal(policy, new URL(api));
  return message === undefined ? [] : [{ field: 'api', message }];
}

/** What stands in the way of a new schedule and not of a stored one; that it can be read is the use case's to check. */
function scheduleErrors(schedule: string): FieldError[] {
  const message = findQuartzWeekday(schedule);
  return message === undefined ? [] : [{ field: 'schedule', message }];
}

function toNewJob(given: z.infer<typeof newJobSchema>): NewJob {
  const type = given.type ?? defaults.type;
  return {
    name: given.name ?? null,
    description: given.description ?? null,
    schedule: given.schedule,
    timeZone: given.timeZone ?? defaults.timeZone,
    api: given.api,
    method: given.method ?? defaults.method,
    headers: given.headers ?? {},
    secretHeaders: given.secretHeaders ?? [],
    body: JSON.stringify(given.body ?? null),
    type,
    isRecurring: given.isRecurring ?? !isOneTimeSchedule(given.schedule),
    maxRetryCount: given.maxRetryCount ?? (type === 'AT_MOST_ONCE' ? 0 : defaults.maxRetryCount),
    timeoutMs: given.timeoutMs ?? defaults.timeoutMs,
    isActive: given.isActive ?? true,
  };
}
