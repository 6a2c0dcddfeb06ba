import * as z from 'zod';
import { keepResponseModes } from '../domain/attempt.ts';
import { defaults, httpMethods, type JobType, jobTypes, type NewJob, NO_BODY } from '../domain/job.ts';
import { type RetryPolicy, retriesOf } from '../domain/retry-policy.ts';
import { isOneTimeSchedule } from '../domain/schedule/parse-schedule.ts';
import { description, group, key, name, owner, tags } from './job-fields/labels.ts';
import { onFailure, onRecovery, pauseAfterFailures } from './job-fields/reports.ts';
import {
  api,
  body,
  headers,
  isTraced,
  keepResponse,
  maxRetryCount,
  method,
  secretHeaders,
  shownBody,
  shownHeaders,
  shownSecretHeaders,
  timeoutMs,
  type,
} from './job-fields/request.ts';
import { deleteFinishedAfterDays, isActive, isRecurring, schedule, timeZone } from './job-fields/schedule.ts';
import { maxAgeSeconds, retry, shownRetry, shownSuccess, stopOn, success } from './job-fields/retry.ts';

// The fields have no `.default()`: a PATCH has the same fields, and would reset fields that it leaves out.

const count = z.int().min(0);

type AskedField<Name extends keyof NewJob> = {
  /** The schema of the field in a request. */
  asked: z.ZodType;
  /** The schema of the field in a response. */
  shown: z.ZodType;
  /** The value of a new job that leaves the field out. Fields without it are required. */
  leftOut?: (given: { schedule: string; type?: JobType; retry?: RetryPolicy | null }) => NewJob[Name];
};

/**
 * Describes each field of a job in requests and responses, in the order of a response. The schemas of requests and
 * responses, the OpenAPI document, the defaults of a new job and its JSON follow from it. `lib/domain/job-fields.ts`
 * describes how each field is stored.
 */
export const askedFields = {
  key: { asked: key, shown: z.string().nullable(), leftOut: () => null },
  name: { asked: name, shown: z.string().nullable(), leftOut: () => null },
  description: { asked: description, shown: z.string().nullable(), leftOut: () => null },
  tags: { asked: tags, shown: z.array(z.string()), leftOut: () => [] },
  group: { asked: group, shown: z.string().nullable(), leftOut: () => null },
  owner: { asked: owner, shown: z.string().nullable(), leftOut: () => null },
  schedule: { asked: schedule, shown: z.string() },
  timeZone: { asked: timeZone, shown: z.string(), leftOut: () => defaults.timeZone },
  api: { asked: api, shown: z.string() },
  method: { asked: method, shown: z.enum(httpMethods), leftOut: () => defaults.method },
  headers: { asked: headers, shown: shownHeaders, leftOut: () => ({}) },
  secretHeaders: { asked: secretHeaders, shown: shownSecretHeaders, leftOut: () => [] },
  body: { asked: body, shown: shownBody, leftOut: () => NO_BODY },
  type: { asked: type, shown: z.enum(jobTypes), leftOut: () => defaults.type },
  isRecurring: {
    asked: isRecurring,
    shown: z.boolean(),
    leftOut: ({ schedule }) => !isOneTimeSchedule(schedule),
  },
  maxRetryCount: {
    asked: maxRetryCount,
    shown: count,
    leftOut: ({ type = defaults.type, retry: policy = null }) =>
      type === 'AT_MOST_ONCE' ? 0 : (retriesOf(policy) ?? defaults.maxRetryCount),
  },
  retry: { asked: retry, shown: shownRetry, leftOut: () => null },
  maxAgeSeconds: { asked: maxAgeSeconds, shown: count.nullable(), leftOut: () => null },
  stopOn: { asked: stopOn, shown: stopOn, leftOut: () => null },
  success: { asked: success, shown: shownSuccess, leftOut: () => null },
  timeoutMs: { asked: timeoutMs, shown: count, leftOut: () => defaults.timeoutMs },
  keepResponse: {
    asked: keepResponse,
    shown: z.enum(keepResponseModes),
    leftOut: () => defaults.keepResponse,
  },
  isTraced: { asked: isTraced, shown: z.boolean(), leftOut: () => true },
  isActive: { asked: isActive, shown: z.boolean(), leftOut: () => true },
  deleteFinishedAfterDays: {
    asked: deleteFinishedAfterDays,
    shown: count.nullable(),
    leftOut: () => defaults.deleteFinishedAfterDays,
  },
  onFailure: { asked: onFailure, shown: z.string().nullable(), leftOut: () => null },
  onRecovery: { asked: onRecovery, shown: z.string().nullable(), leftOut: () => null },
  pauseAfterFailures: { asked: pauseAfterFailures, shown: count.nullable(), leftOut: () => null },
} satisfies { [Name in keyof NewJob]: AskedField<Name> };
