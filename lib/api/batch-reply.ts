import type { APIGatewayProxyResult } from 'aws-lambda';
import { PayloadTooLargeError } from '../domain/errors.ts';
import type { Job, NewJob } from '../domain/job.ts';
import { jsonTextReply } from './reply.ts';
import { jobJson } from './resources.ts';

/**
 * Bytes of a batch's reply in the form in which Lambda sends it: as a string in JSON, in which quotes and backslashes take
 * two bytes. It sends 6 MB.
 */
const MAX_SENT_BYTES = 5_500_000;
/** Of each job, for what the caller has not sent: names of fields, defaults, id and instants. */
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
  if (sentBytes <= MAX_SENT_BYTES) return;
  throw new PayloadTooLargeError(
    `the reply to this batch, which repeats all but the bodies, would have ${sentBytes} bytes, and at most ` +
      `${MAX_SENT_BYTES} can be sent; create the jobs in several batches`,
  );
}
