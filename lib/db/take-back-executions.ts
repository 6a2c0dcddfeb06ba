import { type ExecutionStatus, type ExecutionTrigger, executionTriggers } from '../domain/execution.ts';
import { takeBackMessages, type TakeBackReason } from '../domain/reason.ts';
import { COUNT_OUTCOMES } from './count-outcomes.ts';
import type { Queryable } from './pool.ts';

// Call all of these functions in the transaction that has locked the job and its schedule, so that no tick dispatches
// the job in between.

const CANCEL_TO_COME = /* sql */ `
  with cancelled as (
    update job_executions
       set status = 'CANCELLED', reason = $4, error_message = $2, finished_at = $3, updated_at = $3
     where job_id = $1
       and trigger = 'SCHEDULE'
       and status = 'SCHEDULED'
       and execution_time > $3
    returning id, job_id
  ), outcomes as (
    select $3::timestamptz as ended_at, j.job_group, 'CANCELLED' as status, null::integer as duration_ms,
           null::integer as lateness_ms
      from cancelled c
      left join jobs j on j.id = c.job_id
  ), counted as (${COUNT_OUTCOMES}
  )
  select id from cancelled`;

/**
 * Cancels the future executions of a job that are not claimed yet, and returns their ids. Executions that are already
 * due still run and keep their retries.
 */
export async function cancelToCome(
  tx: Queryable,
  jobId: number,
  reason: TakeBackReason,
  now: Date,
): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>(CANCEL_TO_COME, [
    jobId,
    takeBackMessages[reason],
    now,
    reason,
  ]);
  return rows.map((row) => row.id);
}

// Unscheduled executions are due from the beginning. Their execution time may still be a little in the future: it has
// microseconds, and the clock of the function that wrote it may be ahead.
//
// One statement changes all open executions of a job. Between two statements, an execution could change from RETRYING
// to RUNNING or back, and both would miss it. If a worker is changing an execution at the same time, this statement
// waits and uses its new state.
const IS_TO_COME = /* sql */ `(execution_time > $4 and trigger = 'SCHEDULE')`;

const TAKE_BACK = /* sql */ `
  with taken as (
    update job_executions
       set status = case
             when status = 'RETRYING' or (status = 'SCHEDULED' and ${IS_TO_COME}) then 'CANCELLED'
             else status
           end,
           is_withdrawn = is_withdrawn or status = 'RUNNING' or (status = 'SCHEDULED' and not ${IS_TO_COME}),
         withdrawn_reason = case
           when status = 'RUNNING' or (status = 'SCHEDULED' and not ${IS_TO_COME}) then $5
           else withdrawn_reason
         end,
           error_message = case
             when status = 'RETRYING' or (status = 'SCHEDULED' and ${IS_TO_COME})
               then concat_ws('; last attempt: ', $3::text, error_message)
             else error_message
           end,
           reason = case
             when status = 'RETRYING' or (status = 'SCHEDULED' and ${IS_TO_COME}) then $5
             else reason
           end,
           finished_at = case
             when status = 'RETRYING' or (status = 'SCHEDULED' and ${IS_TO_COME}) then $4::timestamptz
           end,
           updated_at = $4
     where job_id = $1
       and status = any($2::text[])
       and trigger = any($6::text[])
    returning id, job_id, status
  ), outcomes as (
    select $4::timestamptz as ended_at, j.job_group, t.status, null::integer as duration_ms,
           null::integer as lateness_ms
      from taken t
      left join jobs j on j.id = t.job_id
     where t.status = 'CANCELLED'
  ), counted as (${COUNT_OUTCOMES}
  )
  select id, status from taken`;

async function takeBack(
  tx: Queryable,
  jobId: number,
  of: { statuses: readonly ExecutionStatus[]; triggers?: readonly ExecutionTrigger[] },
  reason: TakeBackReason,
  now: Date,
): Promise<number[]> {
  const { rows } = await tx.query<{ id: number; status: ExecutionStatus }>(TAKE_BACK, [
    jobId,
    of.statuses,
    takeBackMessages[reason],
    now,
    reason,
    of.triggers ?? executionTriggers,
  ]);
  return rows.filter((row) => row.status === 'CANCELLED').map((row) => row.id);
}

/**
 * Cancels executions that wait for a retry, except for reports, and returns their ids. Running attempts may end, but are not
 * retried.
 */
export const withdrawAttempts = (
  tx: Queryable,
  jobId: number,
  reason: TakeBackReason,
  now: Date,
): Promise<number[]> =>
  takeBack(
    tx,
    jobId,
    {
      statuses: ['RUNNING', 'RETRYING'],
      triggers: executionTriggers.filter((trigger) => trigger !== 'CALLBACK'),
    },
    reason,
    now,
  );

const OPEN = ['SCHEDULED', 'RUNNING', 'RETRYING'] as const;

/**
 * Cancels the executions of a paused job that are in the future or wait for a retry, and returns their ids. Due executions
 * that are not claimed yet keep their first attempt, and running attempts may end. None of them is retried. Executions that no
 * schedule asked for stay as they are: a person may run a paused job.
 */
export const cancelScheduled = (
  tx: Queryable,
  jobId: number,
  reason: TakeBackReason,
  now: Date,
): Promise<number[]> => takeBack(tx, jobId, { statuses: OPEN, triggers: ['SCHEDULE'] }, reason, now);

/** Does the same for all executions of a deleted job. Unscheduled ones that are not claimed yet keep one attempt. */
export const cancelOpen = (
  tx: Queryable,
  jobId: number,
  reason: TakeBackReason,
  now: Date,
): Promise<number[]> => takeBack(tx, jobId, { statuses: OPEN }, reason, now);

const RESTORE_ATTEMPTS = /* sql */ `
  update job_executions
     set is_withdrawn = false, withdrawn_reason = null
   where job_id = $1
     and status in ('SCHEDULED', 'RUNNING')
     and is_withdrawn
     and cancel_requested_at is null`;

/**
 * Allows retries again for open executions of a job that was paused and is now resumed. Executions that a caller cancelled
 * get none.
 */
export async function restoreAttempts(tx: Queryable, jobId: number): Promise<void> {
  await tx.query(RESTORE_ATTEMPTS, [jobId]);
}

const HAS_TO_COME = /* sql */ `
  select from job_executions
   where job_id = $1
     and trigger = 'SCHEDULE'
     and status = 'SCHEDULED'
     and execution_time > $2
   limit 1`;

/** Tells whether the job has a future execution that was dispatched ahead and is not claimed. */
export async function hasToCome(tx: Queryable, jobId: number, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query(HAS_TO_COME, [jobId, now]);
  return rowCount === 1;
}

const REVISE_OPEN = /* sql */ `
  update job_executions
     set job_revision = $2
   where job_id = $1
     and status in ('SCHEDULED', 'RUNNING', 'RETRYING')`;

/** Makes later attempts of the job's open executions use the current job. */
export async function reviseOpen(tx: Queryable, jobId: number, revision: number): Promise<void> {
  await tx.query(REVISE_OPEN, [jobId, revision]);
}
