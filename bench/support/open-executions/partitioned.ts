import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { insertExecutions } from '../../../lib/db/dispatch-executions.ts';
import { boundsOf } from '../../../lib/db/execution-bounds.ts';
import { recordOutcomes } from '../../../lib/db/record-outcomes.ts';
import { outcomeColumns, type Layout } from './layout.ts';

/** The statements that Belfry runs. */
const belfrysOwn = {
  openTable: 'job_executions',
  insert: insertExecutions,
  claim: async (pool, request) => (await claimExecutions(pool, request)).length,
  record: async (pool, outcomes, now) => (await recordOutcomes(pool, outcomes, now)).length,
} as const satisfies Omit<Layout, 'name' | 'schema'>;

export const today: Layout = { name: 'as it is', schema: '', ...belfrysOwn };

/** Storage settings belong to each partition; a partitioned table has none. */
const setFillfactor = (percent: number): string => /* sql */ `
  do $$
  declare partition regclass;
  begin
    for partition in select inhrelid::regclass from pg_inherits where inhparent = 'job_executions'::regclass loop
      execute format('alter table %s set (fillfactor = ${percent})', partition);
    end loop;
  end $$;`;

export const withFillfactor: Layout = { ...today, name: 'fillfactor 50', schema: setFillfactor(50) };

/** Two partial indexes in place of the one by status: an execution that succeeds has no entry in either. */
const BY_STATUS_APART = /* sql */ `
  drop index job_executions_by_status;
  create index job_executions_open_of_job on job_executions (job_id)
    where status in ('SCHEDULED', 'RUNNING', 'RETRYING');
  create index job_executions_unsuccessful on job_executions (job_id, status, execution_time)
    where status in ('FAILED', 'CANCELLED');`;

export const withFewerEntries: Layout = { ...today, name: 'no SUCCESS by status', schema: BY_STATUS_APART };

// An update is HOT if its page has room and no index contains a column that changes, as a key or in a predicate. A claim
// changes the status and the lease, so no index may contain them. `ended_as` changes only at the end.
const HOT_CLAIMS = /* sql */ `
  alter table job_executions add column ended_as text;
  drop index job_executions_waiting, job_executions_leases, job_executions_by_status;
  create index job_executions_open on job_executions (due_at, id) where ended_as is null;
  create index job_executions_open_of_job on job_executions (job_id) where ended_as is null;
  create index job_executions_ended on job_executions (job_id, ended_as, execution_time) where ended_as is not null;
  ${setFillfactor(50)}`;

const RECORD_WITH_END = /* sql */ `
  update job_executions e
     set status = case when d.status = 'RETRYING' and e.is_withdrawn then 'FAILED' else d.status end,
         ended_as = case
           when d.status <> 'RETRYING' then d.status
           when e.is_withdrawn then 'FAILED'
         end,
         execution_duration = d.duration_ms,
         error_message = d.error_message,
         retry_count = e.retry_count + case when d.status = 'RETRYING' and not e.is_withdrawn then 1 else 0 end,
         due_at = case when d.status = 'RETRYING' and not e.is_withdrawn then d.due_at else e.due_at end,
         claim_token = null,
         lease_expires_at = null,
         updated_at = $7
    from unnest($1::bigint[], $2::uuid[], $3::text[], $4::integer[], $5::text[], $6::timestamptz[])
           d (id, claim_token, status, duration_ms, error_message, due_at)
   where e.id = any($1::bigint[])
     and e.execution_time >= $8
     and e.execution_time < $9
     and e.id = d.id
     and e.claim_token = d.claim_token`;

export const withHotClaims: Layout = {
  ...today,
  name: 'HOT claims, fillfactor 50',
  schema: HOT_CLAIMS,
  endedColumn: { name: 'ended_as', value: 'status' },
  record: async (pool, outcomes, now) => {
    const { from, to } = boundsOf(outcomes);
    const values = [...outcomeColumns(outcomes), now, from, to];
    const { rowCount } = await pool.query({ text: RECORD_WITH_END, values });
    return rowCount ?? 0;
  },
};
