import type { ExecutionStatus } from '../domain/execution.ts';
import type { Queryable } from './pool.ts';

// All of these must run in the transaction that holds the job and its schedule: no tick can then dispatch in between.

// One statement for all of a job's open executions: between two, an execution could go from RETRYING to RUNNING, or back,
// and be missed by both. One that a worker is changing right now is judged by what it has become.
const TAKE_BACK = /* sql */ `
  update job_executions
     set status = case when status = 'RUNNING' then status else 'CANCELLED' end,
         is_withdrawn = is_withdrawn or status = 'RUNNING',
         error_message = case
           when status = 'RUNNING' then error_message
           else concat_ws('; last attempt: ', $3::text, error_message)
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

/** Takes back what was dispatched ahead and never claimed; returns the ids. */
export const cancelScheduled = (tx: Queryable, jobId: number, reason: string, now: Date): Promise<number[]> =>
  takeBack(tx, jobId, ['SCHEDULED'], reason, now);

/** Takes back what waits for a retry, and returns the ids. Attempts that are out may end, but are not retried. */
export const withdrawAttempts = (
  tx: Queryable,
  jobId: number,
  reason: string,
  now: Date,
): Promise<number[]> => takeBack(tx, jobId, ['RUNNING', 'RETRYING'], reason, now);

/** Both: nothing of the job is sent any more but what is out already. Returns the ids taken back. */
export const cancelOpen = (tx: Queryable, jobId: number, reason: string, now: Date): Promise<number[]> =>
  takeBack(tx, jobId, ['SCHEDULED', 'RUNNING', 'RETRYING'], reason, now);

const REVISE_OPEN = /* sql */ `
  update job_executions
     set job_revision = $2
   where job_id = $1
     and status in ('SCHEDULED', 'RUNNING', 'RETRYING')`;

/** Makes every later attempt of the job's open executions use the job as it is now. */
export async function reviseOpen(tx: Queryable, jobId: number, revision: number): Promise<void> {
  await tx.query(REVISE_OPEN, [jobId, revision]);
}
