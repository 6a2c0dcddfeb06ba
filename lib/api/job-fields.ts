import * as z from 'zod';
import { keepResponseModes } from '../domain/attempt.ts';
import {
  defaults,
  httpMethods,
  type JobType,
  jobTypes,
  type JsonValue,
  limits,
  type NewJob,
  NO_BODY,
} from '../domain/job.ts';
import { type RetryPolicy, retriesOf } from '../domain/retry-policy.ts';
import { isOneTimeSchedule } from '../domain/schedule/parse-schedule.ts';
import { findBodyFault, MAX_BODY_DEPTH } from './job-body.ts';
import { HIDDEN } from '../domain/secret-headers.ts';
import { findHeaderFaults, isHeaderName } from './job-headers.ts';
import { NO_CONTROL_CHARACTERS } from './patterns.ts';
import { maxAgeSeconds, retry, shownRetry, shownSuccess, stopOn, success } from './retry-fields.ts';
import { findUrlFault, URL_PATTERN, URL_REMEDY } from './job-url.ts';

// The fields have no `.default()`: a PATCH has the same fields, and would reset fields that it leaves out.

const string = (maxLength: number, remedy: string) => z.string(orMissing(remedy)).max(maxLength, remedy);
const orMissing = (remedy: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? `is missing; it ${remedy}` : remedy),
});
const integer = (min: number, max: number) => {
  const remedy = `must be an integer from ${min} to ${max}`;
  return z.int(remedy).min(min, remedy).max(max, remedy);
};
const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

// The description contains the default: code generators treat a field with a `default` as present in every request.
const leftOut = (value: string) => `The default for a new job is ${value}.`;

const SCHEDULE_REMEDY =
  'must be a string of at most 200 characters: a cron expression, a macro, @every with an interval, or an ISO 8601 instant';
const NAME_REMEDY = `must be a string of at most ${limits.nameLength} characters without control characters, or null`;
const DESCRIPTION_REMEDY = `must be a string of at most ${limits.descriptionLength} characters, or null`;
const ZONE_REMEDY = 'must be an IANA time zone such as Europe/Berlin';

const KEY_REMEDY =
  `must be a string of 1 to ${limits.keyLength} characters without control characters, other than . and .., ` +
  'which no URL can contain, or null';
const GROUP_REMEDY = `must be a string of 1 to ${limits.groupLength} characters without control characters, or null`;
const OWNER_REMEDY = `must be a string of 1 to ${limits.ownerLength} characters without control characters, or null`;

const key = string(limits.keyLength, KEY_REMEDY)
  .min(1, KEY_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, KEY_REMEDY)
  .refine((given) => given !== '.' && given !== '..', KEY_REMEDY)
  .nullable()
  .meta({
    description:
      'Your own name of the job. It is case-sensitive, and only one job has it. Percent-encode it in a path.',
  });

const name = string(limits.nameLength, NAME_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, NAME_REMEDY)
  .nullable()
  .meta({ description: 'A name for people. Belfry does not use it.' });

const description = string(limits.descriptionLength, DESCRIPTION_REMEDY).nullable();

const TAGS_REMEDY = `must be an array of at most ${limits.tagCount} different strings of 1 to ${limits.tagLength} characters without control characters`;
const tags = z
  .array(
    string(limits.tagLength, TAGS_REMEDY).min(1, TAGS_REMEDY).regex(NO_CONTROL_CHARACTERS, TAGS_REMEDY),
    TAGS_REMEDY,
  )
  .max(limits.tagCount, TAGS_REMEDY)
  .refine((given) => new Set(given).size === given.length, TAGS_REMEDY)
  .meta({
    description:
      'Labels for people. Their order is kept, and they are case-sensitive. `GET /api/v1/jobs?tag=` lists the jobs with a tag.',
    uniqueItems: true,
  });

const group = string(limits.groupLength, GROUP_REMEDY)
  .min(1, GROUP_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, GROUP_REMEDY)
  .nullable()
  .meta({ description: 'A label by which jobs are filtered and counted together. It is case-sensitive.' });

const owner = string(limits.ownerLength, OWNER_REMEDY)
  .min(1, OWNER_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, OWNER_REMEDY)
  .nullable()
  .meta({
    description:
      'Who manages the job, such as a team or a tool. A stack that declares the job sets `stack:` and its name.',
  });

// The schedule is trimmed here, so that the stored string starts with the characters that identify the kind of
// schedule.
const schedule = z
  .string(orMissing(SCHEDULE_REMEDY))
  .trim()
  .min(1, SCHEDULE_REMEDY)
  .max(200, SCHEDULE_REMEDY)
  .meta({
    description:
      'A cron with 5 fields, or with 6 fields if seconds come first; a macro such as `@hourly`; `@every 90s`; an ISO 8601 ' +
      'instant, which may be up to 5 s in the past, and is in `timeZone` if it has no offset; or `cron(…)`, `rate(…)` and ' +
      '`at(…)` as in AWS. Spaces around it are removed. Days of the week are 0 to 7, where 0 and 7 are Sunday, or SUN to ' +
      'SAT. If both day of month and day of week are given, a day must match one of them.',
    examples: [
      '*/5 * * * *',
      '0 30 9 * * MON-FRI',
      '0 18 LW * *',
      '@every 90s',
      '2031-05-01T12:00:00Z',
      'cron(0 12 ? * 2-6 *)',
      'rate(5 minutes)',
    ],
  });

const timeZone = string(100, ZONE_REMEDY)
  .min(1, ZONE_REMEDY)
  .meta({
    description:
      'The IANA name of the time zone for a cron, or for an instant without an offset. Such an instant in a gap of the ' +
      'clock is due right after the gap, and one that occurs twice is due the first time. ' +
      leftOut(defaults.timeZone),
  });

const api = z
  .string(orMissing(URL_REMEDY))
  .check((ctx) => {
    const message = findUrlFault(ctx.value);
    if (message !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, message });
  })
  .meta({
    description:
      'The http or https URL that Belfry calls, without credentials and without a fragment. Its addresses must be public, ' +
      'and its port must be allowed, unless the settings of the deployment allow more. Redirects are not followed.',
    pattern: URL_PATTERN,
    maxLength: limits.urlLength,
  });

const headers = z
  .custom<Record<string, string>>()
  .check((ctx) => {
    for (const { path, message } of findHeaderFaults(ctx.value)) {
      ctx.issues.push({ code: 'custom', input: ctx.value, path, message });
    }
  })
  .meta({
    description:
      `Headers that are sent with every request. Names and values are Latin-1, and together have at most ${limits.headerBytes} bytes. ` +
      'You cannot set Host, Idempotency-Key, Webhook-Id, Webhook-Timestamp, Webhook-Signature, X-Belfry-* and the ' +
      'headers of the connection. ' +
      'Values of secret headers are encrypted and never shown: Authorization, Cookie, X-Api-Key, names with an ending such ' +
      `as -Token, -Secret or -Key, and the names in \`secretHeaders\`. Responses show \`${HIDDEN}\` instead. In a PATCH, ` +
      `\`${HIDDEN}\` keeps the stored value. If the PATCH changes the scheme, host or port of the URL, send the value again.`,
    override: {
      type: 'object',
      additionalProperties: { type: 'string' },
      maxProperties: limits.headerCount,
    },
  });

const SECRET_HEADERS_REMEDY = `must be an array of at most ${limits.headerCount} names of headers of the job`;
const secretHeaders = z
  .array(z.string(SECRET_HEADERS_REMEDY).refine(isHeaderName, SECRET_HEADERS_REMEDY), SECRET_HEADERS_REMEDY)
  .max(limits.headerCount, SECRET_HEADERS_REMEDY)
  .meta({
    description:
      'The names of further secret headers. Their case does not matter. If a PATCH leaves the field out, secret headers ' +
      'stay secret. If a PATCH removes a name from it, it must send a new value for that header.',
  });

const body = z
  .custom<JsonValue>()
  .check((ctx) => {
    const fault = findBodyFault(ctx.value);
    if (fault !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, ...fault });
  })
  .meta({
    description:
      'The body of the request. A string is sent unchanged, any other value as JSON, and null means no body. ' +
      `It may have at most ${MAX_BODY_DEPTH} levels of nesting. Numbers are doubles: send a string to keep more digits.`,
  });

const method = oneOf(httpMethods).meta({
  description: `The HTTP method of the request. ${leftOut(defaults.method)}`,
});
const type = oneOf(jobTypes).meta({
  description: `AT_LEAST_ONCE retries failed requests. AT_MOST_ONCE never sends a request twice. ${leftOut(defaults.type)}`,
});
const isRecurring = z.boolean('must be a boolean, true or false').meta({
  description:
    'Whether the job runs more than once. The default is false for an instant, and true for any other schedule. In a ' +
    'PATCH without this field, it changes when the schedule changes from one kind to the other. A cron with false runs once.',
});
const maxRetryCount = integer(0, limits.maxRetryCount).meta({
  description: `The maximum number of retries after the first attempt. The default for a new job is ${defaults.maxRetryCount}. For AT_MOST_ONCE it is 0, the only allowed value. With \`retry.delaysSeconds\` it is the number of delays.`,
});
const timeoutMs = integer(1, limits.maxTimeoutMs).meta({
  description: `The time limit for the complete response, in milliseconds. ${leftOut(String(defaults.timeoutMs))}`,
});
const keepResponse = oneOf(keepResponseModes).meta({
  description:
    'Which responses the history keeps: headers and the first 4 KiB of the body. Secret headers, and secret values of the ' +
    `request, are replaced by \`${HIDDEN}\`. ${leftOut(defaults.keepResponse)}`,
});
const isTraced = z.boolean('must be a boolean, true or false').meta({
  description: `Whether each request carries a \`traceparent\` header (W3C Trace Context), unless the job sets its own. ${leftOut('true')}`,
});
const reportUrl = (description: string) =>
  z
    .string(`${URL_REMEDY}, or null`)
    .check((ctx) => {
      const message = findUrlFault(ctx.value);
      if (message !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, message });
    })
    .meta({ pattern: URL_PATTERN, maxLength: limits.urlLength })
    .nullable()
    .meta({
      description: `${description} The same addresses are allowed as for \`api\`. Null uses the URL of the deployment, if it has one.`,
    });
const onFailure = reportUrl(
  'The URL to which Belfry reports each execution that ended FAILED, as `job.failed`.',
);
const onRecovery = reportUrl(
  'The URL to which Belfry reports the first success after a failure, as `job.recovered`.',
);
const PAUSE_REMEDY = `must be an integer from 1 to ${limits.pauseAfterFailures}, or null`;
const pauseAfterFailures = z
  .int(PAUSE_REMEDY)
  .min(1, PAUSE_REMEDY)
  .max(limits.pauseAfterFailures, PAUSE_REMEDY)
  .nullable()
  .meta({
    description:
      'Belfry pauses the job when so many executions in a row ended FAILED. A success, or a resume of the job, resets the ' +
      'count. Null never pauses it.',
  });
const isActive = z.boolean('must be a boolean, true or false').meta({
  description: `False pauses the job. ${leftOut('true')}`,
});

const KEPT_REMEDY = `must be an integer from 0 to ${limits.maxKeptDays}, or null, which keeps the job for ever`;
const deleteFinishedAfterDays = z
  .int(KEPT_REMEDY)
  .min(0, KEPT_REMEDY)
  .max(limits.maxKeptDays, KEPT_REMEDY)
  .nullable()
  .meta({
    description:
      'The number of days after its last run for which a finished job is kept, before Belfry deletes it. Null keeps it for ' +
      `ever. Only a job that does not recur can finish. Its history has its own retention. ${leftOut(String(defaults.deleteFinishedAfterDays))}`,
  });

const count = z.int().min(0);

const shownHeaders = z.record(z.string(), z.string()).meta({
  description: `The headers of the request. Secret values are never shown, but replaced by \`${HIDDEN}\`.`,
});
const shownSecretHeaders = z.array(z.string()).meta({
  description: 'The names of secret headers. They are secret by their name, or because the job lists them.',
});
const shownBody = z.unknown().meta({ description: 'Any JSON value.' });

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
