import * as z from 'zod';
import type { QueuedRequest } from '../db/job-requests.ts';
import { FIRST_REVISION } from '../db/jobs.ts';
import {
  httpMethods,
  type Job,
  jobTypes,
  type JsonText,
  limits,
  NO_BODY,
  type JobType,
} from '../domain/job.ts';
import type { StoredHeaders } from '../domain/secret-headers.ts';

/** Secrets are sealed, and opened only by the worker that has claimed the execution. */
export const headersSchema = z.record(
  z.string(),
  z.union([z.string(), z.strictObject({ $secret: z.string() })]),
);

/**
 * What a worker needs before it has claimed an execution, and the request itself where it is small. It lies in Redis as
 * JSON; PostgreSQL can make it again at any time. A version that knows no payload without `headers` and `body` asks
 * PostgreSQL for the whole request.
 */
const payloadSchema = z.object({
  jobId: z.number(),
  /** Of the job, when this was made; a worker compares it with the claim. */
  revision: z.number(),
  executionTimeMs: z.number(),
  url: z.string(),
  method: z.enum(httpMethods),
  headers: headersSchema.exactOptional(),
  body: z.string().nullable().exactOptional(),
  type: z.enum(jobTypes),
  maxRetryCount: z.number(),
  timeoutMs: z.number(),
});

/** What a request carries; the body as it is sent, null for none. */
export type RequestContent = { headers: StoredHeaders; body: string | null };

export type ExecutionPayload = Omit<z.infer<typeof payloadSchema>, 'headers' | 'body'> & {
  /** Undefined: it is large, and the worker reads it from PostgreSQL once it has claimed the execution. */
  content: RequestContent | undefined;
};

/** Payloads of the version before may have a body of 1 MiB, which is not to be held before it is sent. */
const MAX_PAYLOAD_LENGTH = 16_384;

/** What a payload is made of, as the job describes it now. */
export type QueuedJob = QueuedRequest & {
  jobId: number;
  revision: number;
  type: JobType;
  maxRetryCount: number;
};

/** The request of a job as the queue carries it, without headers and body where they are large. */
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

/** Payloads as they lie in Redis, of each execution of the job: all but their time is made once. */
export function makePayloadText(job: QueuedJob): (executionTime: Date) => string {
  const { headers, body } = job;
  const content = headers === null || body === null ? {} : toContent({ headers, body });
  const open = JSON.stringify({ ...describe(job), ...content }).slice(0, -1);
  return (executionTime) => `${open},"executionTimeMs":${executionTime.getTime()}}`;
}

/** A string is sent as it is, any other JSON value as JSON. */
export function toContent({ headers, body }: { headers: StoredHeaders; body: JsonText }): RequestContent {
  if (body === NO_BODY) return { headers, body: null };
  if (body.startsWith('"')) return { headers, body: z.string().parse(JSON.parse(body)) };
  const hasContentType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return { headers: hasContentType ? headers : { ...headers, 'content-type': 'application/json' }, body };
}

/** Undefined when the text is not a payload of this version: the worker then asks PostgreSQL. */
export function parsePayload(text: string): ExecutionPayload | undefined {
  try {
    const { headers, body, ...payload } = payloadSchema.parse(JSON.parse(text));
    const isWhole = headers !== undefined && body !== undefined && text.length <= MAX_PAYLOAD_LENGTH;
    return { ...payload, content: isWhole ? { headers, body } : undefined };
  } catch {
    return undefined;
  }
}

function describe(job: QueuedJob) {
  return {
    jobId: job.jobId,
    revision: job.revision,
    url: job.api,
    method: job.method,
    type: job.type,
    maxRetryCount: job.maxRetryCount,
    timeoutMs: job.timeoutMs,
  };
}
