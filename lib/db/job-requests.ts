import type { ExecutionTrigger } from '../domain/execution.ts';
import { callbackRequest } from '../domain/callback.ts';
import { type Job, type JobRequest, type JsonText, limits } from '../domain/job.ts';
import type { StoredHeaders } from '../domain/secret-headers.ts';
import { plainArray } from './plain-array.ts';
import type { Queryable } from './pool.ts';

/** A request for the queue. Headers and body are present if they are small together, and null otherwise. */
export type QueuedRequest = Omit<JobRequest, 'headers' | 'body'> & {
  /** The group of the job, under which its outcomes are counted. */
  group: string | null;
  headers: StoredHeaders | null;
  body: JsonText | null;
};

// Checks the size in the table first, so that a large body is not decompressed only to find that it is too large.
const IS_SMALL = /* sql */ `
  pg_column_size(j.headers) + pg_column_size(b.body) <= b.most
  and octet_length(j.headers::text) + octet_length(b.body::text) <= b.most`;

/**
 * The columns of the request of a job `j`. A table `b` has its body, which an unscheduled execution may replace, and `most`,
 * which must be `limits.queuedRequestBytes`.
 */
export const QUEUED_REQUEST_COLUMNS = /* sql */ `
  j.api, j.method, j.timeout_ms as "timeoutMs", j.job_group as "group",
  case when ${IS_SMALL} then j.headers end as headers,
  case when ${IS_SMALL} then b.body::text end as body`;

/** How an execution differs from an occurrence of its job's schedule. */
export type UnscheduledPart = {
  trigger: ExecutionTrigger;
  originId: number | null;
  hasOwnBody: boolean;
  /** The URL of a CALLBACK. */
  requestUrl: string | null;
};

/** Does not compile while a rule is missing: a report would follow the one of the job. */
const ownRequest: Omit<QueuedRequest, 'api' | 'body'> & AttemptRules = callbackRequest;

/**
 * Returns an execution with its own URL, which gets nothing of the job's request: not its method, its headers or its secrets.
 * The body is that of the execution.
 */
export function followUrl<Execution extends { requestUrl: string | null }>(execution: Execution): Execution {
  const { requestUrl } = execution;
  return requestUrl === null ? execution : { ...execution, api: requestUrl, ...ownRequest };
}

/** The rules for the attempts of a job `j`. */
export const ATTEMPT_RULE_COLUMNS = /* sql */ `
  j.type, j.max_retry_count as "maxRetryCount", j.retry, j.max_age_seconds as "maxAgeSeconds", j.stop_on as "stopOn", j.success,
  j.keep_response as "keepResponse", j.is_traced as "isTraced"`;

export type AttemptRules = Pick<
  Job,
  'type' | 'maxRetryCount' | 'retry' | 'maxAgeSeconds' | 'stopOn' | 'success' | 'keepResponse' | 'isTraced'
>;

export type DispatchedJob = QueuedRequest &
  AttemptRules &
  Pick<Job, 'id' | 'schedule' | 'timeZone' | 'isRecurring'> & { revision: number };

const FIND_DISPATCHED_JOBS = /* sql */ `
  select j.id, j.revision, j.schedule, j.time_zone as "timeZone", j.is_recurring as "isRecurring",
         ${ATTEMPT_RULE_COLUMNS}, ${QUEUED_REQUEST_COLUMNS}
    from jobs j
    cross join lateral (select $2::integer as most, j.body) b
   where j.id = any($1::bigint[])`;

/** Reads the fields that the dispatch needs, of the jobs whose schedules it has locked. */
export async function findDispatchedJobs(
  tx: Queryable,
  ids: readonly number[],
): Promise<Map<number, DispatchedJob>> {
  const { rows } = await tx.query<DispatchedJob>({
    name: 'find_dispatched_jobs',
    text: FIND_DISPATCHED_JOBS,
    values: [plainArray(ids), limits.queuedRequestBytes],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

export type StoredRequest = Pick<JobRequest, 'api' | 'method' | 'headers' | 'body'> & { jobId: number };

const FIND_JOB_REQUESTS = /* sql */ `
  select id as "jobId", api, method, headers, body::text as body
    from jobs
   where id = any($1::bigint[])`;

/**
 * Reads the complete current requests of jobs, including deleted jobs. Each request may have more than 1 MiB, so
 * callers should read few at a time.
 */
export async function findJobRequests(db: Queryable, jobIds: readonly number[]): Promise<StoredRequest[]> {
  const { rows } = await db.query<StoredRequest>({
    name: 'find_job_requests',
    text: FIND_JOB_REQUESTS,
    values: [jobIds],
  });
  return rows;
}

type OwnRequest = Omit<StoredRequest, 'jobId'> & { executionId: number; requestUrl: string | null };

const FIND_OWN_REQUESTS = /* sql */ `
  select e.id as "executionId", j.api, j.method, j.headers, e.request_body::text as body,
         e.request_url as "requestUrl"
    from job_executions e
    join jobs j on j.id = e.job_id
   where e.id = any($1::bigint[])
     and e.id between $2 and $3
     and e.request_body is not null`;

/** Reads the requests of executions that have a body of their own. Read few at a time, as with `findJobRequests`. */
export async function findOwnRequests(db: Queryable, ids: readonly number[]): Promise<OwnRequest[]> {
  const { rows } = await db.query<OwnRequest>({
    name: 'find_own_requests',
    text: FIND_OWN_REQUESTS,
    values: [ids, Math.min(...ids), Math.max(...ids)],
  });
  return rows.map(followUrl);
}
