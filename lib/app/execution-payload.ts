import * as z from 'zod';
import { httpMethods, jobTypes, type JobRequest, type JobType } from '../domain/job.ts';

/** Secrets are sealed, and opened only by the worker that has claimed the execution. */
export const headersSchema = z.record(
  z.string(),
  z.union([z.string(), z.strictObject({ $secret: z.string() })]),
);

/**
 * What a worker needs to run an execution: the request as it goes out, and how to judge it. It lies in Redis as JSON;
 * PostgreSQL can make it anew at any time.
 */
const payloadSchema = z.object({
  jobId: z.number(),
  /** Of the job, when this was made; a worker compares it with the claim. */
  revision: z.number(),
  executionTimeMs: z.number(),
  url: z.string(),
  method: z.enum(httpMethods),
  headers: headersSchema,
  body: z.string().nullable(),
  type: z.enum(jobTypes),
  maxRetryCount: z.number(),
  timeoutMs: z.number(),
});

export type ExecutionPayload = z.infer<typeof payloadSchema>;

export function toPayload(
  job: JobRequest & {
    jobId: number;
    revision: number;
    executionTime: Date;
    type: JobType;
    maxRetryCount: number;
  },
): ExecutionPayload {
  const isJson = job.body !== null && typeof job.body !== 'string';
  const hasContentType = Object.keys(job.headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    jobId: job.jobId,
    revision: job.revision,
    executionTimeMs: job.executionTime.getTime(),
    url: job.api,
    method: job.method,
    headers: isJson && !hasContentType ? { ...job.headers, 'content-type': 'application/json' } : job.headers,
    body: typeof job.body === 'string' || job.body === null ? job.body : JSON.stringify(job.body),
    type: job.type,
    maxRetryCount: job.maxRetryCount,
    timeoutMs: job.timeoutMs,
  };
}

/** Undefined when the text is not a payload of this version: the worker then asks PostgreSQL. */
export function parsePayload(text: string): ExecutionPayload | undefined {
  try {
    return payloadSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
