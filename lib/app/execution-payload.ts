import * as z from 'zod';
import type { AttemptRules, QueuedRequest, UnscheduledPart } from '../db/job-requests.ts';
import { FIRST_REVISION } from '../db/jobs.ts';
import { executionTriggers } from '../domain/execution.ts';
import { keepResponseModes } from '../domain/attempt.ts';
import type { Delays } from '../domain/delays.ts';
import { defaults, httpMethods, type Job, jobTypes, type JsonText, limits, NO_BODY } from '../domain/job.ts';
import type { StoredHeaders } from '../domain/secret-headers.ts';
import { statusClasses } from '../domain/status-pattern.ts';

export const sealedSchema = z.strictObject({ $secret: z.string() });

/** Headers as they are stored. Secrets are encrypted; only the worker that has claimed the execution decrypts them. */
export const headersSchema = z.record(z.string(), z.union([z.string(), sealedSchema]));

const waits = { jitter: z.number() };
const statuses = z.array(z.union([z.number(), z.enum(statusClasses)])).readonly();

/** The parts that every payload has, and `headers` and `body`, which only small requests have. */
const usualParts = {
  jobId: z.number(),
  /** The revision of the job when the payload was built. The worker compares it with the revision of the claim. */
  revision: z.number(),
  executionTimeMs: z.number(),
  url: z.string(),
  method: z.enum(httpMethods),
  headers: headersSchema.optional(),
  body: z.string().nullable().optional(),
  type: z.enum(jobTypes),
  maxRetryCount: z.number(),
  timeoutMs: z.number(),
};

// `optional`, because `exactOptional` makes an error for each part that is missing, and throws it away. JSON has no `undefined`.
const rareParts = {
  delays: z
    .object({
      snoozes: z.number().optional(),
      snoozedMs: z.number().optional(),
      pauses: z.number().optional(),
      pausedMs: z.number().optional(),
      requeuedAtMs: z.number().optional(),
    })
    .optional(),
  // The rules for the attempts of a job. They are left out where the job has the defaults.
  retry: z
    .union([
      z.object({ initialMs: z.number(), factor: z.number(), maxMs: z.number(), ...waits }),
      z.object({ delaysSeconds: z.array(z.number()).readonly(), ...waits }),
    ])
    .optional(),
  maxAgeSeconds: z.number().optional(),
  stopOn: statuses.optional(),
  success: z.object({ statuses, contains: z.string().nullable() }).optional(),
  keepResponse: z.enum(keepResponseModes).optional(),
  isTraced: z.literal(false).optional(),
  /** Missing: SCHEDULE. */
  trigger: z.enum(executionTriggers).optional(),
  originId: z.number().optional(),
  /** The body belongs to the execution and not to the job. A large one is read from the row of the execution. */
  hasOwnBody: z.literal(true).optional(),
  /** The group of the job, if it has one. */
  group: z.string().optional(),
};

/**
 * The data that a worker needs before it claims an execution, and the request itself if it is small. Redis stores it as
 * JSON; it can be built again from PostgreSQL at any time. An older version of Belfry that does not support payloads
 * without `headers` and `body` reads the whole request from PostgreSQL.
 */
const payloadSchema = z.object({ ...usualParts, ...rareParts });
const usualSchema = z.object(usualParts);

/** Most payloads have none of the rare parts, and to look for each of them takes a worker longer than all the rest. */
const schemaOf = (value: unknown): z.ZodType<z.infer<typeof payloadSchema>> => {
  for (const name in Object(value)) if (!(name in usualParts)) return payloadSchema;
  return usualSchema;
};

/** The headers and the body of a request. The body is as it will be sent, or null if there is none. */
export type RequestContent = { headers: StoredHeaders; body: string | null };

export type ExecutionPayload = Omit<z.infer<typeof payloadSchema>, 'headers' | 'body'> & {
  /** Undefined if the request is large. The worker reads it from PostgreSQL after it has claimed the execution. */
  content: RequestContent | undefined;
};

/**
 * Content in longer payloads is ignored: an earlier version put bodies of up to 1 MiB there, too much to hold in
 * memory.
 */
const MAX_PAYLOAD_LENGTH = 16_384;

/**
 * The fields that a payload is built from: the current job, and how an execution differs from an occurrence of its
 * schedule.
 */
export type QueuedJob = QueuedRequest &
  AttemptRules &
  Partial<UnscheduledPart> & { jobId: number; revision: number; delays?: Delays };

/** Returns the request of a new job as the queue stores it. Headers and body are left out if they are large. */
export function toQueuedRequest(job: Job): Omit<QueuedJob, 'jobId'> {
  const sizeBytes = Buffer.byteLength(JSON.stringify(job.headers)) + Buffer.byteLength(job.body);
  const isSmall = sizeBytes <= limits.queuedRequestBytes;
  return {
    ...job,
    revision: FIRST_REVISION,
    headers: isSmall ? job.headers : null,
    body: isSmall ? job.body : null,
  };
}

export function toPayload(job: QueuedJob & { executionTime: Date }): ExecutionPayload {
  const { headers, body } = job;
  return {
    ...describe(job),
    executionTimeMs: job.executionTime.getTime(),
    content: headers === null || body === null ? undefined : toContent({ headers, body }),
  };
}

/**
 * Returns a function that builds the JSON payload of an execution. Only the time differs; the rest is built once per
 * job.
 */
export function makePayloadText(job: QueuedJob): (executionTime: Date) => string {
  const { headers, body } = job;
  const content = headers === null || body === null ? {} : toContent({ headers, body });
  const open = JSON.stringify({ ...describe(job), ...content }).slice(0, -1);
  return (executionTime) => `${open},"executionTimeMs":${executionTime.getTime()}}`;
}

/** Builds the JSON payload of an execution that has one already. */
export function toPayloadText({ content, ...payload }: ExecutionPayload): string {
  return JSON.stringify({ ...payload, ...content });
}

/** Builds the content of a request. A body that is a JSON string is sent as its text, any other JSON value as JSON. */
export function toContent({ headers, body }: { headers: StoredHeaders; body: JsonText }): RequestContent {
  if (body === NO_BODY) return { headers, body: null };
  if (body.startsWith('"')) return { headers, body: z.string().parse(JSON.parse(body)) };
  const hasContentType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return { headers: hasContentType ? headers : { ...headers, 'content-type': 'application/json' }, body };
}

/** Parses a payload. Returns undefined if this version cannot read it; the worker then reads PostgreSQL. */
export function parsePayload(text: string): ExecutionPayload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const { headers, body, ...payload } = schemaOf(value).parse(value);
    const isWhole = headers !== undefined && body !== undefined && text.length <= MAX_PAYLOAD_LENGTH;
    return { ...payload, content: isWhole ? { headers, body } : undefined };
  } catch {
    return undefined;
  }
}

/** Defaults are left out, so that the payloads of occurrences stay small. */
function describe(job: QueuedJob) {
  const { trigger = 'SCHEDULE', originId = null, hasOwnBody = false } = job;
  return {
    jobId: job.jobId,
    revision: job.revision,
    url: job.api,
    method: job.method,
    type: job.type,
    maxRetryCount: job.maxRetryCount,
    timeoutMs: job.timeoutMs,
    ...(job.retry !== null && { retry: job.retry }),
    ...(job.maxAgeSeconds !== null && { maxAgeSeconds: job.maxAgeSeconds }),
    ...(job.stopOn !== null && { stopOn: job.stopOn }),
    ...(job.success !== null && { success: job.success }),
    ...(trigger !== 'SCHEDULE' && { trigger }),
    ...(originId !== null && { originId }),
    ...(hasOwnBody && { hasOwnBody }),
    ...(job.delays !== undefined && { delays: job.delays }),
    ...(job.group !== null && { group: job.group }),
    ...(job.keepResponse !== defaults.keepResponse && { keepResponse: job.keepResponse }),
    ...(!job.isTraced && { isTraced: false as const }),
  };
}
