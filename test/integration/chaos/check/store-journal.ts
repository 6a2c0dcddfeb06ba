import type { Queryable } from '../../../../lib/db/pool.ts';
import type { AskedJob, Journal, StoredJob } from '../../../chaos/journal/types.ts';
import { BULK_GROUP } from '../../../chaos/traffic/operations.ts';
import { ms } from './journal.ts';
import { storeAdministration } from './store-administration.ts';

const INSERT_JOBS = /* sql */ `
  insert into jobs (id, revision, name, job_group, tags, schedule, time_zone, api, method, headers, body, type, is_recurring,
                    max_retry_count, timeout_ms, on_failure, pause_after_failures, is_active, created_at, updated_at, deleted_at)
  select id, revision, name, "group", coalesce(tags, '[]'), schedule, 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', type,
         "isRecurring", "maxRetryCount", 1000, "onFailure", "pauseAfterFailures", "isActive", "createdAt", "updatedAt", "deletedAt"
    from jsonb_to_recordset($1::jsonb) as j (
      id bigint, revision integer, name text, "group" text, tags jsonb, schedule text, type text, "isRecurring" boolean,
      "maxRetryCount" integer, "onFailure" text, "pauseAfterFailures" integer, "isActive" boolean, "createdAt" timestamptz,
      "updatedAt" timestamptz, "deletedAt" timestamptz
    )`;

const INSERT_SCHEDULES = /* sql */ `
  insert into job_schedules (job_id, next_execution_time, created_at)
  select id, "nextAt", "nextAt" from jsonb_to_recordset($1::jsonb) as s (id bigint, "nextAt" timestamptz)
   where "nextAt" is not null`;

// The trigger that remembers a pause follows updates alone.
const INSERT_FAILING = /* sql */ `
  with failing as (
    insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time, paused_at)
    select id, failures, "failedAt", "failedAt", "pausedAt"
      from jsonb_to_recordset($1::jsonb) as f (id bigint, failures integer, "failedAt" timestamptz, "pausedAt" timestamptz)
     where failures > 0
    returning job_id, paused_at
  )
  insert into paused_by_failures (job_id, paused_at)
  select job_id, paused_at from failing where paused_at is not null`;

// A RUNNING execution has a claim whose lease ends at once.
const INSERT_EXECUTIONS = /* sql */ `
  insert into job_executions (id, job_id, job_revision, status, execution_time, due_at, retry_count, put_off_count, trigger, origin_id,
                              cancel_requested_at, is_withdrawn, status_code, reason, error_message, started_at, claim_token,
                              lease_expires_at, created_at, updated_at)
  select e.id, "jobId", coalesce(j.revision, 1), status, t.at, to_timestamp("dueMs" / 1000), "retryCount", "putOffCount", trigger,
         "originId", case when "isCancelled" then t.at end, "isWithdrawn", "statusCode", reason,
         case when status = 'FAILED' then coalesce("errorMessage", 'failed') end, t.at,
         case when status = 'RUNNING' then gen_random_uuid() end, case when status = 'RUNNING' then t.at end,
         j.updated_at, greatest(t.at, to_timestamp("dueMs" / 1000)) + interval '20 ms'
    from jsonb_to_recordset($1::jsonb) as e (
      id bigint, "jobId" bigint, status text, "executionMs" float8, "dueMs" float8, "retryCount" integer, "putOffCount" integer,
      trigger text, "originId" bigint, "isCancelled" boolean, "isWithdrawn" boolean, "statusCode" integer, reason text,
      "errorMessage" text
    )
    join jobs j on j.id = e."jobId"
    cross join lateral (select to_timestamp("executionMs" / 1000)) t (at)`;

const INSERT_RUNS = /* sql */ `
  insert into job_executions (job_id, job_revision, status, execution_time, due_at, started_at, trigger, created_at, updated_at)
  select id, 1, 'SUCCESS', at, at, at, 'MANUAL', at, at
    from jsonb_to_recordset($1::jsonb) as r (id bigint, runs integer)
    cross join lateral generate_series(1, runs) number
    cross join lateral (select $2::timestamptz + number * interval '1 microsecond') t (at)`;

const INSERT_TRANSITIONS = /* sql */ `
  insert into chaos.transitions (logged_at, environment, execution_id, job_id, execution_time, from_status, to_status, from_token,
                                 to_token, job_revision, retry_count, put_off_count, due_at, lease_expires_at)
  select to_timestamp("atMs" / 1000), environment, "executionId", "jobId", e.execution_time, "from", "to",
         md5("fromToken")::uuid, md5("toToken")::uuid, "jobRevision", "retryCount", "putOffCount",
         to_timestamp(t."dueMs" / 1000), to_timestamp("leaseExpiresMs" / 1000)
    from jsonb_to_recordset($1::jsonb) as t (
      "atMs" float8, environment text, "executionId" bigint, "jobId" bigint, "from" text, "to" text, "fromToken" text, "toToken" text,
      "jobRevision" integer, "retryCount" integer, "putOffCount" integer, "dueMs" float8, "leaseExpiresMs" float8, place bigint
    )
    join job_executions e on e.id = t."executionId"
   order by place`;

const INSERT_OPERATIONS = /* sql */ `
  insert into operations (id, action, filter, parameters, made_by, state, rate_per_second, max_job_id, after_job_id, paced_until,
                          matched, is_matched_capped, done, skipped, failed, created_at, updated_at, finished_at)
  overriding system value
  select id, 'tag', jsonb_build_object('tag', tag), '{}', '{}', state, 1, 0, 0, $2, 0, false, done, skipped, failed, $2, $2,
         case when state <> 'RUNNING' then $2::timestamptz end
    from jsonb_to_recordset($1::jsonb) as o (id bigint, tag text, state text, done integer, skipped integer, failed integer)`;

const iso = (atMs: number | undefined): string | undefined =>
  atMs === undefined ? undefined : new Date(atMs).toISOString();

/** Stores what a journal says of PostgreSQL, without the triggers of its tables. The transaction must be rolled back. */
export async function storeJournal(tx: Queryable, journal: Journal): Promise<void> {
  const asked = new Map(journal.jobs.map((job) => [job.name, job]));
  const jobs = [
    ...journal.stored.map((job) => toJob(job, asked.get(job.name))),
    ...journal.bulkJobs.map(({ isDeleted, ...job }) => ({
      ...job,
      ...defaults,
      group: BULK_GROUP,
      deletedAt: isDeleted ? iso(ms(1)) : undefined,
    })),
  ];
  await tx.query('set local session_replication_role = replica');
  const insert = async (text: string, rows: readonly unknown[], ...values: string[]): Promise<void> => {
    await tx.query({ text, values: [JSON.stringify(rows), ...values] });
  };
  await insert(INSERT_JOBS, jobs);
  await insert(
    INSERT_SCHEDULES,
    journal.stored.map(({ id, nextMs }) => ({ id, nextAt: iso(nextMs) })),
  );
  await insert(
    INSERT_FAILING,
    journal.stored.map(({ id, failures, pausedByRuleMs }) => ({
      id,
      failures,
      failedAt: iso(ms(10)),
      pausedAt: iso(pausedByRuleMs),
    })),
  );
  await insert(INSERT_EXECUTIONS, journal.executions);
  await insert(INSERT_RUNS, journal.bulkJobs, new Date(ms(2)).toISOString());
  await insert(
    INSERT_TRANSITIONS,
    journal.transitions.map((one, place) => ({ ...one, place })),
  );
  await insert(INSERT_OPERATIONS, journal.storedOperations, new Date(ms(2)).toISOString());
  await storeAdministration(tx, new Date(ms(2)));
}

const defaults = {
  revision: 1,
  type: 'AT_LEAST_ONCE',
  isRecurring: false,
  maxRetryCount: 0,
  createdAt: iso(ms(0)),
  updatedAt: iso(ms(0)),
};

function toJob({ id, name, isActive, isDeleted, pausedByRuleMs }: StoredJob, asked: AskedJob | undefined) {
  const changedMs = pausedByRuleMs ?? asked?.stop?.ackMs;
  return {
    ...defaults,
    id,
    name,
    isActive,
    revision: changedMs === undefined ? 1 : 2,
    schedule: asked?.schedule ?? '@daily',
    ...(asked !== undefined && {
      type: asked.type,
      isRecurring: asked.isRecurring,
      maxRetryCount: asked.maxRetryCount,
      pauseAfterFailures: asked.pauseAfterFailures,
      onFailure: asked.reports.failures ? 'http://127.0.0.1/report' : undefined,
    }),
    updatedAt: iso(changedMs ?? ms(0)),
    deletedAt: isDeleted ? iso(ms(1)) : undefined,
  };
}
