import type { OpenExecution } from '../domain/open-execution.ts';
import { takeBackMessages, type TakeBackReason } from '../domain/reason.ts';
import { COUNT_OUTCOMES } from './count-outcomes.ts';
import { boundsOf } from './execution-bounds.ts';
import type { Queryable } from './pool.ts';

// Call all of these functions in the transaction that has locked the jobs and their schedules, so that no tick dispatches
// the jobs in between.

// Nearly all partitions hold only history. The indexes of open executions of each partition tell which ones have any. Executions
// outside of the days are in the default partition. With 90 days of 10,000 executions, the open executions of 200 jobs take 5 ms
// instead of 150 ms.
const FIND_OPEN_BOUNDS = /* sql */ `
  with days as (
    select to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp at time zone 'UTC' as day
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'job_executions'::regclass
       and c.relname ~ 'p\\d{8}$'
  ), ranges as (
    select day as "from", lead(day, 1, 'infinity') over (order by day) as "to" from days
     union all
    select '-infinity', coalesce(min(day), 'infinity') from days
  )
  select min("from") as "from", max("to") as "to"
    from ranges
   where exists (select from job_executions
                  where execution_time >= "from" and execution_time < "to" and status in ('SCHEDULED', 'RETRYING'))
      or exists (select from job_executions
                  where execution_time >= "from" and execution_time < "to" and status = 'RUNNING')`;

type Bounds = { from: unknown; to: unknown };

/** Finds the first and the last day with open executions. Undefined if there is none. */
async function findOpenBounds(db: Queryable): Promise<Bounds | undefined> {
  const { rows } = await db.query<Bounds>({ name: 'find_open_bounds', text: FIND_OPEN_BOUNDS });
  return rows.find(({ from }) => from !== null);
}

// Each job and each status is looked for on its own, by the index of job, status and execution time. The status is no constant, so that
// no index of waiting or running executions serves this: where it had no entries at the last analysis, a plan read all waiting
// executions for each job (7,800 of them for 200 jobs: 3 s). `offset 0` keeps the planner from a join, which could read the histories of
// the jobs.
const FIND_OPEN = /* sql */ `
  select o.id, o.execution_time as "executionTime", j.id as "jobId"
    from unnest($1::bigint[]) j (id)
   cross join (values ('SCHEDULED'), ('RUNNING'), ('RETRYING')) s (status)
   cross join lateral (
           select id, execution_time
             from job_executions
            where job_id = j.id
              and status = s.status
              and execution_time >= $2
              and execution_time < $3
           offset 0
            limit $4) o`;

async function findOpen(db: Queryable, jobIds: readonly number[]): Promise<Place[]> {
  const bounds = jobIds.length > 0 ? await findOpenBounds(db) : undefined;
  if (bounds === undefined) return [];
  const values = [jobIds, bounds.from, bounds.to, null];
  const { rows } = await db.query<Place>({ name: 'find_open', text: FIND_OPEN, values });
  return rows;
}

const COUNT_OPEN = /* sql */ `
  select "jobId", count(*) as count from (${FIND_OPEN}) o group by "jobId"`;

/**
 * Returns as many of the jobs, from the first one on, as have at most `most` open executions together, and at least one job.
 * Nothing is locked.
 */
export async function takeWhileFewOpen(
  db: Queryable,
  jobIds: readonly number[],
  most: number,
): Promise<number[]> {
  const bounds = jobIds.length > 1 ? await findOpenBounds(db) : undefined;
  if (bounds === undefined) return [...jobIds];
  const { rows } = await db.query<{ jobId: number; count: number }>({
    name: 'count_open',
    text: COUNT_OPEN,
    values: [jobIds, bounds.from, bounds.to, most + 1],
  });
  const counts = new Map(rows.map(({ jobId, count }) => [jobId, count]));
  let open = 0;
  const end = jobIds.findIndex((id, index) => {
    open += counts.get(id) ?? 0;
    return index > 0 && open > most;
  });
  return end === -1 ? [...jobIds] : jobIds.slice(0, end);
}

// If a worker is changing an execution at the same time, this statement waits, and returns its new state. The order of the ids is
// that in which claims lock executions, so that the two rarely wait for each other.
const LOCK_OPEN = /* sql */ `
  select id, job_id as "jobId", execution_time as "executionTime", status, trigger
    from job_executions
   where id = any($1::bigint[])
     and execution_time >= $2
     and execution_time < $3
     and status in ('SCHEDULED', 'RUNNING', 'RETRYING')
   order by id
     for update`;

/** Locks the open executions of jobs until the transaction ends, so that no worker claims or ends one. */
export async function lockOpen(tx: Queryable, jobIds: readonly number[]): Promise<OpenExecution[]> {
  const found = await findOpen(tx, jobIds);
  if (found.length === 0) return [];
  const { rows } = await tx.query<OpenExecution>({
    name: 'lock_open',
    text: LOCK_OPEN,
    values: placesOf(found),
  });
  return rows;
}

// Unscheduled executions are due from the beginning. Their execution time may still be a little in the future: it has
// microseconds, and the clock of the function that wrote it may be ahead.
const IS_CANCELLED = /* sql */ `
  (status = 'RETRYING' or (status = 'SCHEDULED' and ($7 or execution_time > $4) and trigger = 'SCHEDULE'))`;

const TAKE_BACK = /* sql */ `
  with taken as (
    update job_executions
       set status = case when ${IS_CANCELLED} then 'CANCELLED' else status end,
           is_withdrawn = is_withdrawn or not ${IS_CANCELLED},
           withdrawn_reason = case when ${IS_CANCELLED} then withdrawn_reason else $5 end,
           error_message = case
             when ${IS_CANCELLED} then concat_ws('; last attempt: ', $6::text, error_message)
             else error_message
           end,
           reason = case when ${IS_CANCELLED} then $5 else reason end,
           finished_at = case when ${IS_CANCELLED} then $4::timestamptz end,
           updated_at = $4
     where id = any($1::bigint[])
       and execution_time >= $2
       and execution_time < $3
    returning id, job_id, status
  ), outcomes as (
    select $4::timestamptz as ended_at, j.job_group, t.status, null::integer as duration_ms,
           null::integer as lateness_ms
      from taken t
      left join jobs j on j.id = t.job_id
     where t.status = 'CANCELLED'
  ), counted as (${COUNT_OUTCOMES}
  )
  select id from taken where status = 'CANCELLED'`;

/**
 * Cancels locked executions that are in the future or wait for a retry, and returns their ids. Due executions that
 * are not claimed yet keep their first attempt, and running attempts may end. None of them is retried.
 *
 * @param options.withDue cancels also due occurrences that are not claimed yet.
 */
export async function takeBack(
  tx: Queryable,
  executions: readonly OpenExecution[],
  reason: TakeBackReason,
  { now, withDue = false }: { now: Date; withDue?: boolean },
): Promise<number[]> {
  if (executions.length === 0) return [];
  const { rows } = await tx.query<{ id: number }>({
    name: 'take_back',
    text: TAKE_BACK,
    values: [...placesOf(executions), now, reason, takeBackMessages[reason], withDue],
  });
  return rows.map(({ id }) => id);
}

const RESTORE_ATTEMPTS = /* sql */ `
  update job_executions
     set is_withdrawn = false, withdrawn_reason = null
   where id = any($1::bigint[])
     and execution_time >= $2
     and execution_time < $3
     and is_withdrawn
     and cancel_requested_at is null`;

/**
 * Allows retries again for locked executions of jobs that were paused and are now resumed. Executions that a caller cancelled
 * get none.
 */
export async function restoreAttempts(tx: Queryable, executions: readonly OpenExecution[]): Promise<void> {
  if (executions.length === 0) return;
  await tx.query({ name: 'restore_attempts', text: RESTORE_ATTEMPTS, values: placesOf(executions) });
}

const REVISE_OPEN = /* sql */ `
  update job_executions e
     set job_revision = (select revision from jobs where id = e.job_id)
   where id = any($1::bigint[])
     and execution_time >= $2
     and execution_time < $3`;

/** Makes later attempts of locked executions use the current job. Call it when the job is stored. */
export async function reviseOpen(tx: Queryable, executions: readonly OpenExecution[]): Promise<void> {
  if (executions.length === 0) return;
  await tx.query({ name: 'revise_open', text: REVISE_OPEN, values: placesOf(executions) });
}

type Place = { id: number; executionTime: Date };

/** The parameters that say where executions are: their ids, and the days of their partitions. */
function placesOf(executions: readonly Place[]): [number[], Date, Date] {
  const { from, to } = boundsOf(executions);
  return [executions.map(({ id }) => id), from, to];
}
