import * as z from 'zod';
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
import { isOneTimeSchedule } from '../domain/schedule/parse-schedule.ts';
import { findBodyFault, MAX_BODY_DEPTH } from './job-body.ts';
import { HIDDEN } from '../domain/secret-headers.ts';
import { findHeaderFaults, isHeaderName } from './job-headers.ts';
import { NO_CONTROL_CHARACTERS } from './patterns.ts';
import { findUrlFault, URL_PATTERN, URL_REMEDY } from './job-url.ts';

// No `.default()` here: a PATCH has the same fields, and would reset those that it leaves out.

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

// In words: code generators take a field with a `default` for one that every request has.
const leftOut = (value: string) => `Left out of a new job, ${value}.`;

const SCHEDULE_REMEDY =
  'must be a cron expression, a macro, @every with an interval or an ISO 8601 instant, of at most 200 characters';
const NAME_REMEDY = `must be a string of at most ${limits.nameLength} characters without control characters, or null`;
const DESCRIPTION_REMEDY = `must be a string of at most ${limits.descriptionLength} characters, or null`;
const ZONE_REMEDY = 'must be an IANA time zone such as Europe/Berlin';

const name = string(limits.nameLength, NAME_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, NAME_REMEDY)
  .nullable()
  .meta({ description: 'For people; Belfry does not read it.' });

const description = string(limits.descriptionLength, DESCRIPTION_REMEDY).nullable();

const TAGS_REMEDY = `must be a list of at most ${limits.tagCount} different strings of 1 to ${limits.tagLength} characters without control characters`;
const tags = z
  .array(
    string(limits.tagLength, TAGS_REMEDY).min(1, TAGS_REMEDY).regex(NO_CONTROL_CHARACTERS, TAGS_REMEDY),
    TAGS_REMEDY,
  )
  .max(limits.tagCount, TAGS_REMEDY)
  .refine((given) => new Set(given).size === given.length, TAGS_REMEDY)
  .meta({
    description:
      'Labels for people, in this order; upper and lower case differ. `GET /api/v1/jobs?tag=` lists the jobs that have one.',
    uniqueItems: true,
  });

// Trimmed here, once: what is stored then starts with what tells one kind of schedule from another.
const schedule = z
  .string(orMissing(SCHEDULE_REMEDY))
  .trim()
  .min(1, SCHEDULE_REMEDY)
  .max(200, SCHEDULE_REMEDY)
  .meta({
    description:
      'Cron of 5 fields, or 6 with seconds first; `@hourly` and the like; `@every 90s`; an instant, which ' +
      'may have passed by 5 s when it arrives, and without an offset is in `timeZone`; or `cron(…)`, `rate(…)` and `at(…)` ' +
      'as AWS reads them. Blanks around it are removed. Days of the week are 0 to 7, where 0 and 7 are Sunday, or SUN to SAT. Day of month ' +
      'and day of week, where both are given, mean "or".',
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
      'IANA name; says when a cron, or an instant without an offset, is due. Such an instant that a gap of the clock ' +
      `swallows is due right after the gap; one that comes twice is due the first time. ${leftOut(defaults.timeZone)}`,
  });

const api = z
  .string(orMissing(URL_REMEDY))
  .check((ctx) => {
    const message = findUrlFault(ctx.value);
    if (message !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, message });
  })
  .meta({
    description:
      'The http or https URL that is called, without credentials and fragment. Its addresses must be public and its port ' +
      'one of those allowed, unless the settings open more; redirects are not followed.',
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
      `Sent with every request; names and values together at most ${limits.headerBytes} bytes of Latin-1. ` +
      'Host, Idempotency-Key, X-Belfry-* and those of the connection are not yours to set. ' +
      'Those that carry credentials are encrypted and never shown again: Authorization, Cookie, X-Api-Key, names that ' +
      `end in -Token, -Secret or -Key and the like, and those in \`secretHeaders\`. \`${HIDDEN}\`, which stands for such ` +
      'a value in answers, keeps it in a PATCH, unless the URL gets another scheme, host or port: then send the value again.',
    override: {
      type: 'object',
      additionalProperties: { type: 'string' },
      maxProperties: limits.headerCount,
    },
  });

const SECRET_HEADERS_REMEDY = `must be a list of at most ${limits.headerCount} names of headers of the job`;
const secretHeaders = z
  .array(z.string(SECRET_HEADERS_REMEDY).refine(isHeaderName, SECRET_HEADERS_REMEDY), SECRET_HEADERS_REMEDY)
  .max(limits.headerCount, SECRET_HEADERS_REMEDY)
  .meta({
    description:
      'Names of further headers whose values are secret, in any case. In a PATCH: left out, what is secret stays so; a ' +
      'name that is left out of it has to get a new value.',
  });

const body = z
  .custom<JsonValue>()
  .check((ctx) => {
    const fault = findBodyFault(ctx.value);
    if (fault !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, ...fault });
  })
  .meta({
    description:
      'A string is sent as it is, any other JSON value as JSON, null not at all. ' +
      `Nested at most ${MAX_BODY_DEPTH} levels; numbers are doubles, send a string to keep more digits.`,
  });

const method = oneOf(httpMethods).meta({ description: leftOut(defaults.method) });
const type = oneOf(jobTypes).meta({
  description: `AT_LEAST_ONCE retries what fails; AT_MOST_ONCE never sends a request twice. ${leftOut(defaults.type)}`,
});
const isRecurring = z.boolean('must be a boolean, true or false').meta({
  description:
    'Left out, false for an instant and true for all else; in a PATCH it then follows a schedule that turns from one into ' +
    'the other. False with a cron runs it once.',
});
const maxRetryCount = integer(0, limits.maxRetryCount).meta({
  description: `Retries after the first attempt. Left out, ${defaults.maxRetryCount}, and 0 for AT_MOST_ONCE, which allows no other.`,
});
const timeoutMs = integer(1, limits.maxTimeoutMs).meta({
  description: `For the whole response. ${leftOut(String(defaults.timeoutMs))}`,
});
const isActive = z.boolean('must be a boolean, true or false').meta({
  description: `False pauses the job. ${leftOut('true')}`,
});

const count = z.int().min(0);

const shownHeaders = z
  .record(z.string(), z.string())
  .meta({ description: `A secret value is never shown: \`${HIDDEN}\` stands for it.` });
const shownSecretHeaders = z.array(z.string()).meta({
  description: 'The names of headers whose values are secret, by their name or because the job says so.',
});
const shownBody = z.unknown().meta({ description: 'Any JSON value.' });

type AskedField<Name extends keyof NewJob> = {
  /** Reads the field in a request. */
  asked: z.ZodType;
  /** Describes the field in an answer. */
  shown: z.ZodType;
  /** The value of a new job that leaves the field out. Fields without it are required. */
  leftOut?: (given: { schedule: string; type?: JobType }) => NewJob[Name];
};

/**
 * Describes how each field of a job is asked for and shown, in the order of an answer. The schemas of requests and answers,
 * the OpenAPI document, the defaults of a new job and its JSON follow from it. How a field is stored stands in
 * `lib/domain/job-fields.ts`.
 */
export const askedFields = {
  name: { asked: name, shown: z.string().nullable(), leftOut: () => null },
  description: { asked: description, shown: z.string().nullable(), leftOut: () => null },
  tags: { asked: tags, shown: z.array(z.string()), leftOut: () => [] },
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
    leftOut: ({ type = defaults.type }) => (type === 'AT_MOST_ONCE' ? 0 : defaults.maxRetryCount),
  },
  timeoutMs: { asked: timeoutMs, shown: count, leftOut: () => defaults.timeoutMs },
  isActive: { asked: isActive, shown: z.boolean(), leftOut: () => true },
} satisfies { [Name in keyof NewJob]: AskedField<Name> };
