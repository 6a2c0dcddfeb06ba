import type { NewUnscheduled } from '../db/unscheduled-executions.ts';
import type { JsonText } from '../domain/job.ts';

/** An execution that has ended, as far as it is repeated. */
export type Ended = {
  id: number;
  jobId: number;
  /** Its own body, if it had one. */
  body: JsonText | null;
  /** The URL of a CALLBACK. */
  requestUrl: string | null;
};

/**
 * Returns the execution that repeats another one: with the same body of its own, if it had one, and otherwise with the request that
 * the job has now. The repetition of a report goes to the URL of the report, and never to that of the job.
 */
export const repeatOf = ({ id, jobId, body, requestUrl }: Ended): NewUnscheduled =>
  requestUrl === null
    ? { jobId, trigger: 'REDRIVE', originId: id, body }
    : { jobId, trigger: 'CALLBACK', originId: id, body, requestUrl };
