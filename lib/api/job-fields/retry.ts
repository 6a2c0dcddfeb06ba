import * as z from 'zod';
import { limits } from '../../domain/job.ts';
import { reportRepeated } from './kinds.ts';
import { MAX_UNKNOWN_FIELDS, unknownField } from '../field-errors.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../../domain/retry-policy.ts';
import {
  defaultSuccess,
  statusClasses,
  type StatusPattern,
  type SuccessRule,
} from '../../domain/status-pattern.ts';

// The objects of these fields are parsed by schemas of their own: the errors of a zod union would not say which field of
// which form is wrong.

type Issue = { path: (string | number)[]; message: string };

/** Makes a field that is an object or null. `parse` returns the value to store, or what is wrong with the given one. */
const objectField = <T>(
  parse: (given: Record<string, unknown>) => { value: T } | { issues: Issue[] },
  {
    remedy,
    schema,
    description,
  }: { remedy: string; schema: (typeof retrySchemas | typeof successSchemas)[number][]; description: string },
) =>
  z
    .unknown()
    .transform((given, ctx): T | null => {
      if (given === null) return null;
      const parsed = isObject(given) ? parse(given) : { issues: [{ path: [], message: remedy }] };
      if ('value' in parsed) return parsed.value;
      for (const { path, message } of parsed.issues) {
        ctx.issues.push({ code: 'custom', input: given, path, message });
      }
      return z.NEVER;
    })
    .meta({ description, override: { anyOf: [...schema, { type: 'null' as const }] } });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function issuesOf(error: z.ZodError, unknownField: (key: string) => string): Issue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys
      .slice(0, MAX_UNKNOWN_FIELDS)
      .map((key) => ({ path: [key], message: unknownField(key) }));
  });
}

const { min: minWaitMs, max: maxWaitMs } = limits.retryWaitMs;
const maxDelaySeconds = maxWaitMs / 1_000;
const numberFrom = (min: number, max: number, what = 'a number') => {
  const remedy = `must be ${what} from ${min} to ${max}`;
  return z.number(remedy).min(min, remedy).max(max, remedy);
};
const integerFrom = (min: number, max: number) => {
  const remedy = `must be an integer from ${min} to ${max}`;
  return z.int(remedy).min(min, remedy).max(max, remedy);
};

const jitter = numberFrom(0, 1).exactOptional();
const backoffFields = {
  initialMs: integerFrom(minWaitMs, maxWaitMs).exactOptional(),
  factor: numberFrom(1, limits.retryFactor).exactOptional(),
  maxMs: integerFrom(minWaitMs, maxWaitMs).exactOptional(),
  jitter,
};
const DELAYS_REMEDY = `must be an array of 1 to ${limits.maxRetryCount} integers from 0 to ${maxDelaySeconds}, one for each retry`;
const delaysFields = {
  // The items are counted before each of them is checked: a body may have half a million.
  delaysSeconds: z
    .array(z.unknown(), DELAYS_REMEDY)
    .min(1, DELAYS_REMEDY)
    .max(limits.maxRetryCount, DELAYS_REMEDY)
    .pipe(z.array(integerFrom(0, maxDelaySeconds))),
  jitter,
};
const backoffSchema = z.strictObject(backoffFields);
const delaysSchema = z.strictObject(delaysFields);

const RETRY_REMEDY = 'must be {"initialMs", "factor", "maxMs", "jitter"}, {"delaysSeconds": [ … ]} or null';

function parseRetry(given: Record<string, unknown>): { value: RetryPolicy } | { issues: Issue[] } {
  if (Object.hasOwn(given, 'delaysSeconds')) {
    const { data, error } = delaysSchema.safeParse(given);
    if (error === undefined)
      return { value: { delaysSeconds: data.delaysSeconds, jitter: data.jitter ?? 0 } };
    return {
      issues: issuesOf(error, (key) =>
        Object.hasOwn(backoffFields, key)
          ? 'cannot be combined with delaysSeconds; send one or the other'
          : unknownField(key, Object.keys(delaysFields)),
      ),
    };
  }
  const { data, error } = backoffSchema.safeParse(given);
  if (error !== undefined)
    return {
      issues: issuesOf(error, (key) => unknownField(key, Object.keys({ ...backoffFields, ...delaysFields }))),
    };
  const { initialMs = defaultRetryPolicy.initialMs, factor = defaultRetryPolicy.factor } = data;
  const maxMs = data.maxMs ?? Math.max(defaultRetryPolicy.maxMs, initialMs);
  if (maxMs < initialMs) {
    const message = `must be at least initialMs (${initialMs}), not ${maxMs}`;
    return { issues: [{ path: ['maxMs'], message }] };
  }
  return { value: { initialMs, factor, maxMs, jitter: data.jitter ?? 0 } };
}

const jitterSchema = {
  type: 'number' as const,
  minimum: 0,
  maximum: 1,
  description:
    'The largest share by which a wait is shortened: 0.2 waits for 80 to 100 % of the time. It depends on the execution ' +
    'and the number of the retry only. 0 if left out.',
};
const waitSchema = { type: 'integer' as const, minimum: minWaitMs, maximum: maxWaitMs };
const retrySchemas = [
  {
    type: 'object' as const,
    title: 'Backoff',
    properties: {
      initialMs: { ...waitSchema, description: 'The wait before the first retry. 1000 if left out.' },
      factor: {
        type: 'number' as const,
        minimum: 1,
        maximum: limits.retryFactor,
        description:
          'The factor by which each further wait is longer than the wait before it. 2 if left out.',
      },
      maxMs: {
        ...waitSchema,
        description:
          'The longest wait; at least `initialMs`. 300000 if left out, or `initialMs` if that is more.',
      },
      jitter: jitterSchema,
    },
    additionalProperties: false,
  },
  {
    type: 'object' as const,
    title: 'Delays',
    properties: {
      delaysSeconds: {
        type: 'array' as const,
        minItems: 1,
        maxItems: limits.maxRetryCount,
        items: { type: 'integer' as const, minimum: 0, maximum: maxDelaySeconds },
        description: 'The wait before each retry. Their number is the number of retries.',
      },
      jitter: jitterSchema,
    },
    required: ['delaysSeconds'],
    additionalProperties: false,
  },
];

export const retry = objectField<RetryPolicy>(parseRetry, {
  remedy: RETRY_REMEDY,
  schema: retrySchemas,
  description:
    'How long retries wait, counted from the end of the failed attempt. All waits together last at most 7 days. Null, the ' +
    'default, is 1 s, 2 s, 4 s, 8 s …, at most 5 minutes. With `delaysSeconds`, `maxRetryCount` is the number of delays, and a ' +
    'request that sends both must agree. It must be null for AT_MOST_ONCE.',
});

export const shownRetry = z.unknown().meta({
  override: {
    anyOf: [
      ...retrySchemas.map((schema) => ({ ...schema, required: Object.keys(schema.properties) })),
      { type: 'null' as const },
    ],
  },
});

const STATUSES_REMEDY = `must be an array of at most ${limits.statusCount} different status codes from 200 to 599, or classes such as "5xx"`;
const statusPattern = z.custom<StatusPattern>(
  (given) =>
    statusClasses.some((name) => name === given) ||
    (Number.isInteger(given) && Number(given) >= 200 && Number(given) <= 599),
  'must be a status code from 200 to 599, or a class such as "5xx"',
);
const statusesOf = (minCount: number, remedy: string) =>
  z
    .array(z.unknown(), remedy)
    .min(minCount, remedy)
    .max(limits.statusCount, remedy)
    .check(reportRepeated)
    .pipe(z.array(statusPattern));

const statusesSchema = {
  type: 'array' as const,
  maxItems: limits.statusCount,
  uniqueItems: true,
  items: {
    anyOf: [
      { type: 'integer' as const, minimum: 200, maximum: 599 },
      { type: 'string' as const, enum: [...statusClasses] },
    ],
  },
};

export const stopOn = statusesOf(0, STATUSES_REMEDY)
  .nullable()
  .meta({
    description:
      'Status codes and classes after which no retry follows, even if retries are left. Null, the default, is [410]; an empty ' +
      'array means no status. A status that counts as success is a success even if it is listed here. It must be null for AT_MOST_ONCE.',
    override: { anyOf: [statusesSchema, { type: 'null' as const }] },
  });

const CONTAINS_REMEDY = `must be a string of 1 to ${limits.containsLength} characters, or null`;
const successFields = {
  statuses: statusesOf(1, `${STATUSES_REMEDY}, and at least one`).exactOptional(),
  contains: z
    .string(CONTAINS_REMEDY)
    .min(1, CONTAINS_REMEDY)
    .max(limits.containsLength, CONTAINS_REMEDY)
    .nullable()
    .exactOptional(),
};
const successSchema = z.strictObject(successFields);

function parseSuccess(given: Record<string, unknown>): { value: SuccessRule } | { issues: Issue[] } {
  const { data, error } = successSchema.safeParse(given);
  if (error !== undefined)
    return { issues: issuesOf(error, (key) => unknownField(key, Object.keys(successFields))) };
  return { value: { ...defaultSuccess, ...data } };
}

const successSchemas = [
  {
    type: 'object' as const,
    title: 'SuccessRule',
    properties: {
      statuses: { ...statusesSchema, minItems: 1, description: 'Codes and classes. ["2xx"] if left out.' },
      contains: {
        anyOf: [
          { type: 'string' as const, minLength: 1, maxLength: limits.containsLength },
          { type: 'null' as const },
        ],
        description:
          'Text that the first 65,536 bytes of the body must contain, as UTF-8 and with the same case. Null or left out: any body.',
      },
    },
    additionalProperties: false,
  },
];

export const success = objectField<SuccessRule>(parseSuccess, {
  remedy: 'must be {"statuses": [ … ], "contains": "…"} or null',
  schema: successSchemas,
  description:
    'Which complete responses are a success. Null, the default, is every status from 200 to 299, with any body.',
});

export const shownSuccess = z.unknown().meta({
  override: {
    anyOf: [
      ...successSchemas.map((schema) => ({ ...schema, required: Object.keys(schema.properties) })),
      { type: 'null' as const },
    ],
  },
});

export const maxAgeSeconds = integerFrom(1, limits.maxAgeSeconds)
  .nullable()
  .meta({
    description:
      'No attempt begins later than this after the execution time. An execution that is later ends FAILED. Null, the default, ' +
      'is no limit.',
  });
