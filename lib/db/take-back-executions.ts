import type { ExecutionStatus } from '../domain/execution.ts';
import type { Queryable } from './pool.ts';

// All of these must run in the transaction that holds the job and its schedule: no tick can then dispatch in between.

const CANCEL_TO_COME = /* sql */ `
  update job_executions
     set status = 'CANCELLED', error_message = $2, updated_at = $3
   where job_id = $1
     and status = 'SCHEDULED'
     and execution_time > $3
  returning id`;

/**
 * Cancels the executions that are still to come and not yet claimed, and returns their ids. Executions that are due
 * already keep their run and their retries.
 */
export async function cancelToCome(
  tx: Queryable,
  jobId: number,
  reason: string,
  now: Date,
): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>(CANCEL_TO_COME, [jobId, reason, now]);
  return rows.map((row) => row.id);
}

// One statement for all of a job's open executions: between two, an execution could go from RETRYING to RUNNING, or back,
// and be missed by both. An execution that a worker is changing right now is judged by what it has become.
const TAKE_BACK = /* sql */ `
  update job_executions
     set status = case
           when status = 'RETRYING' or (status = 'SCHEDULED' and execution_time > $4) then 'CANCELLED'
           else status
         end,
         is_withdrawn = is_withdrawn or status = 'RUNNING' or (status = 'SCHEDULED' and execution_time <= $4),
         error_message = case
           when status = 'RETRYING' or (status = 'SCHEDULED' and execution_time > $4)
             then concat_ws('; last attempt: ', $3::text, error_message)
           else error_message
         end,
         updated_at = $4
   where job_id = $1
     and status = any($2::text[])
  returning id, status`;

async function takeBack(
  tx: Queryable,
  jobId: number,
  statuses: readonly ExecutionStatus[],
  reason: string,
  now: Date,
): Promise<number[]> {
  const { rows } = await tx.query<{ id: number; status: ExecutionStatus }>(TAKE_BACK, [
    jobId,
    statuses,
    reason,
    now,
  ]);
  return rows.filter((row) => row.status === 'CANCELLED').map((row) => row.id);
}

/** Cancels executions that wait for a retry, and returns their ids. Attempts that are out may end, but are not retried. */
export const withdrawAttempts = (
  tx: Queryable,
  jobId: number,
  reason: string,
  now: Date,
): Promise<number[]> => takeBack(tx, jobId, ['RUNNING', 'RETRYING'], reason, now);

/**
 * Stops a job's executions: cancels those that are still to come, and those that wait for a retry. Executions that are due
 * and were not claimed yet keep their first attempt, and attempts that are out may end; none of them is retried. Returns
 * the cancelled ids.
 */
export const cancelOpen = (tx: Queryable, jobId: number, reason: string, now: Date): Promise<number[]> =>
  takeBack(tx, jobId, ['SCHEDULED', 'RUNNING', 'RETRYING'], reason, now);

const RESTORE_ATTEMPTS = /* sql */ `
  update job_executions
     set is_withdrawn = false
   where job_id = $1
     and status in ('SCHEDULED', 'RUNNING')
     and is_withdrawn`;

/** Gives the executions that are still open after a stop their retries back, since their job goes on. */
export async function restoreAttempts(tx: Queryable, jobId: number): Promise<void> {
  await tx.query(RESTORE_ATTEMPTS, [jobId]);
}

const HAS_TO_COME = /* sql */ `
  select from job_executions
   where job_id = $1
     and status = 'SCHEDULED'
     and execution_time > $2
   limit 1`;

/** Whether an execution that was dispatched ahead is still to come and was not claimed. */
export async function hasToCome(tx: Queryable, jobId: number, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query(HAS_TO_COME, [jobId, now]);
  return rowCount === 1;
}

const REVISE_OPEN = /* sql */ `
  update job_executions
     set job_revision = $2
   where job_id = $1
     and status in ('SCHEDULED', 'RUNNING', 'RETRYING')`;

/** Makes every later attempt of the job's open executions use the job as it is now. */
export async function reviseOpen(tx: Queryable, jobId: number, revision: number): Promise<void> {
  await tx.query(REVISE_OPEN, [jobId, revision]);
}
