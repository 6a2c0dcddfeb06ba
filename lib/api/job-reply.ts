import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Caller } from '../domain/api-key.ts';
import type { Job } from '../domain/job.ts';
import { etagOf } from '../domain/precondition.ts';
import { emptyReply, jsonTextReply } from './reply.ts';
import { jobJson } from './resources.ts';

/**
 * Makes the reply with a job and its `ETag`, which changes with every field that a request sets. It does not change with the
 * next execution time, the count of failures and the last outcome.
 */
export function jobReply(
  statusCode: 200 | 201,
  job: Job,
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  return jsonTextReply(statusCode, jobJson(job), { etag: etagOf(job.version), ...headers });
}

/** Makes the reply to a change. A caller without the scope `read` must not see the rest of the job. */
export function changedJobReply(job: Job, { scopes }: Caller): APIGatewayProxyResult {
  if (scopes.includes('read')) return jobReply(200, job);
  return { ...emptyReply(), headers: { etag: etagOf(job.version) } };
}
