import * as z from 'zod';
import type { AttemptRules, QueuedRequest, UnscheduledPart } from '../db/job-requests.ts';
import { FIRST_REVISION } from '../db/jobs.ts';
import type { Delays } from '../domain/delays.ts';
import { defaults, type Job, type JsonText, limits, NO_BODY } from '../domain/job.ts';
import type { StoredHeaders } from '../domain/secret-headers.ts';
import { isUsual, payloadSchema, type StoredPayload, type UsualPayload } from './payload-schema.ts';

/** The headers and the body of a request. The body is as it will be sent, or null if there is none. */
export type RequestContent = { headers: StoredHeaders; body: string | null };

export type ExecutionPayload = Omit<StoredPayload, 'headers' | 'body'> & {
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
    if (isUsual(value)) return fromUsual(value, text);
    const { headers, body, ...payload } = payloadSchema.parse(value);
    return { ...payload, content: contentOf({ headers, body }, text) };
  } catch {
    return undefined;
  }
}

/** Names each part: a spread would take longer than the checks. */
function fromUsual(value: UsualPayload, text: string): ExecutionPayload {
  return {
    jobId: value.jobId,
    revision: value.revision,
    executionTimeMs: value.executionTimeMs,
    url: value.url,
    method: value.method,
    type: value.type,
    maxRetryCount: value.maxRetryCount,
    timeoutMs: value.timeoutMs,
    content: contentOf(value, text),
  };
}

function contentOf(
  { headers, body }: Pick<UsualPayload, 'headers' | 'body'>,
  text: string,
): RequestContent | undefined {
  const isWhole = headers !== undefined && body !== undefined && text.length <= MAX_PAYLOAD_LENGTH;
  return isWhole ? { headers, body } : undefined;
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
