import { outcomeColumns, type Layout } from './layout.ts';

// No index contains the status or the lease, so a claim is HOT. Expired leases are found by reading all open executions.
const SCHEMA = /* sql */ `
  drop index job_executions_waiting, job_executions_leases;
  create table open_executions (
    id bigint primary key default nextval('job_execution_ids'),
    job_id bigint not null,
    job_revision integer not null,
    status text not null check (status in ('SCHEDULED', 'RUNNING', 'RETRYING')),
    execution_time timestamptz not null,
    due_at timestamptz not null,
    execution_duration integer,
    retry_count integer not null default 0,
    error_message text,
    started_at timestamptz,
    claim_token uuid,
    lease_expires_at timestamptz,
    is_withdrawn boolean not null default false,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (job_id, execution_time),
    check ((status = 'RUNNING') = (claim_token is not null)),
    check ((status = 'RUNNING') = (lease_expires_at is not null))
  ) with (fillfactor = 50);
  create index open_executions_due on open_executions (due_at, id);`;

// The unique constraint finds an open occurrence, and the subquery finds an ended one. No constraint spans both tables: only
// the lock of the schedule prevents a second dispatch of an occurrence while it ends.
const INSERT = /* sql */ `
  insert into open_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
  select d.job_id, d.job_revision, 'SCHEDULED', d.execution_time, d.execution_time, $4, $4
    from unnest($1::bigint[], $2::integer[], $3::timestamptz[]) d (job_id, job_revision, execution_time)
    left join lateral (
           select true as is_there
             from job_executions h
            where h.job_id = d.job_id
              and h.execution_time = d.execution_time
              and h.execution_time between $5 and $6
            limit 1
         ) ended on true
   where ended.is_there is null
      on conflict (job_id, execution_time) do nothing
  returning id, job_id as "jobId", execution_time as "executionTime"`;

// A difference of due times can use no index. With a plain comparison and statistics of an empty table, the planner reads all due
// executions instead of the batch.
const CLAIM = /* sql */ `
  update open_executions
     set status = 'RUNNING', claim_token = $2, lease_expires_at = $3, started_at = $4, updated_at = $4
   where id = any($1::bigint[])
     and status <> 'RUNNING'
     and due_at - $5::timestamptz <= interval '0'
  returning id, job_revision as "jobRevision", retry_count as "retryCount",
            case when retry_count > 0 then due_at end as "retryDueAt"`;

const OUTCOMES = /* sql */ `
  unnest($1::bigint[], $2::uuid[], $3::text[], $4::integer[], $5::text[], $6::timestamptz[])
    d (id, claim_token, status, duration_ms, error_message, due_at)`;

const END = /* sql */ `
  with ended as (
    delete from open_executions e
     using ${OUTCOMES}
     where e.id = any($1::bigint[])
       and e.id = d.id
       and e.claim_token = d.claim_token
    returning e.*, d.status as ended_as, d.duration_ms, d.error_message as last_error
  )
  insert into job_executions (id, job_id, job_revision, status, execution_time, due_at, execution_duration,
                              retry_count, error_message, started_at, is_withdrawn, created_at, updated_at)
  select id, job_id, job_revision, ended_as, execution_time, due_at, duration_ms,
         retry_count, last_error, started_at, is_withdrawn, created_at, $7
    from ended`;

const RETRY = /* sql */ `
  update open_executions e
     set status = d.status,
         execution_duration = d.duration_ms,
         error_message = d.error_message,
         retry_count = e.retry_count + 1,
         due_at = d.due_at,
         claim_token = null,
         lease_expires_at = null,
         updated_at = $7
    from ${OUTCOMES}
   where e.id = any($1::bigint[])
     and e.id = d.id
     and e.claim_token = d.claim_token`;

export const narrow: Layout = {
  name: 'a narrow table of open ones',
  schema: SCHEMA,
  openTable: 'open_executions',
  insert: async (pool, executions, now) => {
    const times = executions.map(({ executionTime }) => executionTime.getTime());
    const { rows } = await pool.query<{ id: number; jobId: number; executionTime: Date }>({
      name: 'insert_open',
      text: INSERT,
      values: [
        executions.map(({ jobId }) => jobId),
        executions.map(({ jobRevision }) => jobRevision),
        executions.map(({ executionTime }) => executionTime),
        now,
        new Date(Math.min(...times)),
        new Date(Math.max(...times)),
      ],
    });
    return rows;
  },
  claim: async (pool, request) => {
    const { rowCount } = await pool.query({
      name: 'claim_open',
      text: CLAIM,
      values: [
        request.executions.map(({ id }) => id),
        request.claimToken,
        request.leaseExpiresAt,
        request.now,
        request.dueBy,
      ],
    });
    return rowCount ?? 0;
  },
  record: async (pool, outcomes, now) => {
    const retries = outcomes.filter(({ status }) => status === 'RETRYING');
    const ends = outcomes.filter(({ status }) => status !== 'RETRYING');
    let recorded = 0;
    if (ends.length > 0) {
      const { rowCount } = await pool.query({ text: END, values: [...outcomeColumns(ends), now] });
      recorded += rowCount ?? 0;
    }
    if (retries.length > 0) {
      const { rowCount } = await pool.query({ text: RETRY, values: [...outcomeColumns(retries), now] });
      recorded += rowCount ?? 0;
    }
    return recorded;
  },
};
