import type { APIGatewayProxyResult } from 'aws-lambda';
import { PayloadTooLargeError } from './errors.ts';
import type { Job, NewJob } from '../domain/job.ts';
import { apiLimits } from './limits.ts';
import { jsonTextReply } from './reply.ts';
import { jobJson } from './resources.ts';

/**
 * The number of bytes that a reply has in addition to the sent fields of each job: field names, defaults, id and times.
 */
const ADDED_BYTES = 1_200;

/** Makes the reply with the jobs of a batch, without the bodies that the caller has just sent. */
export function batchReply(jobs: readonly Job[]): APIGatewayProxyResult {
  const items = jobs.map((job) => jobJson({ ...job, body: null }));
  return jsonTextReply(201, `{"items":[${items.join(',')}]}`);
}

/**
 * Refuses a batch whose reply would be too large to send. Call it before the jobs are stored: the caller would take the
 * missing reply for a failure.
 *
 * @throws PayloadTooLargeError
 */
export function refuseLargeReply(jobs: readonly NewJob[]): void {
  let sentBytes = 0;
  for (const { key, name, description, tags, group, owner, schedule, timeZone, api, headers } of jobs) {
    const echoed = JSON.stringify([
      key,
      name,
      description,
      tags,
      group,
      owner,
      schedule,
      timeZone,
      api,
      headers,
      Object.keys(headers),
    ]);
    sentBytes += ADDED_BYTES + Buffer.byteLength(JSON.stringify(echoed));
  }
  if (sentBytes <= apiLimits.batchReplyBytes) return;
  throw new PayloadTooLargeError(
    `the reply to this batch, which contains the jobs without their bodies, would have ${sentBytes} bytes; ` +
      `the limit is ${apiLimits.batchReplyBytes}; create the jobs in several batches`,
  );
}
