import type { NewUnscheduled } from '../db/unscheduled-executions.ts';
import type { JsonText } from '../domain/job.ts';

/** An execution that has ended, as far as it is repeated. */
export type Ended = {
  id: number;
  jobId: number;
  originId: number | null;
  /** Its own body, if it had one. */
  body: JsonText | null;
  /** The URL of a CALLBACK. */
  requestUrl: string | null;
};

/**
 * Returns the execution that repeats another one: with the same body of its own, if it had one, and otherwise with the request that
 * the job has now. The repetition of a report is a report about the same execution, to the same URL. It never goes to the job's.
 */
export const repeatOf = ({ id, jobId, originId, body, requestUrl }: Ended): NewUnscheduled =>
  requestUrl === null
    ? { jobId, trigger: 'REDRIVE', originId: id, body }
    : { jobId, trigger: 'CALLBACK', originId, body, requestUrl };
