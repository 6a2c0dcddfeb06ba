import type { APIGatewayProxyResult } from 'aws-lambda';
import { PayloadTooLargeError } from './errors.ts';
import type { Job, NewJob } from '../domain/job.ts';
import { apiLimits } from './limits.ts';
import { jsonTextReply } from './reply.ts';
import { jobJson } from './resources.ts';

/** What each job adds to what the caller has sent: names of fields, defaults, id and instants. */
const ADDED_BYTES = 1_200;

/** The jobs of a batch without their bodies, which the caller has just sent. */
export function batchReply(jobs: readonly Job[]): APIGatewayProxyResult {
  const items = jobs.map((job) => jobJson({ ...job, body: null }));
  return jsonTextReply(201, `{"items":[${items.join(',')}]}`);
}

/** Asked before anything is stored: a reply that cannot be sent would look like a failure. @throws PayloadTooLargeError */
export function refuseLargeReply(jobs: readonly NewJob[]): void {
  let sentBytes = 0;
  for (const { name, description, schedule, timeZone, api, headers } of jobs) {
    const echoed = JSON.stringify([
      name,
      description,
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
    `the reply to this batch, which repeats all but the bodies, would have ${sentBytes} bytes, and at most ` +
      `${apiLimits.batchReplyBytes} can be sent; create the jobs in several batches`,
  );
}
