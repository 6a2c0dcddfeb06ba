import type { Queryable } from './pool.ts';

// All of these must run in the transaction that holds the job and its schedule: no tick can then dispatch in between.

type IdRow = { id: number };

const CANCEL_SCHEDULED = /* sql */ `
  update job_executions
     set status = 'CANCELLED', error_message = $2, updated_at = $3
   where job_id = $1
     and status = 'SCHEDULED'
  returning id`;

/** Takes back what was dispatched ahead and never claimed; returns the ids. */
export async function cancelScheduled(
  tx: Queryable,
  jobId: number,
  reason: string,
  now: Date,
): Promise<number[]> {
  const { rows } = await tx.query<IdRow>(CANCEL_SCHEDULED, [jobId, reason, now]);
  return rows.map((row) => row.id);
}

const CANCEL_RETRYING = /* sql */ `
  update job_executions
     set status = 'CANCELLED', error_message = concat_ws('; last attempt: ', $2::text, error_message), updated_at = $3
   where job_id = $1
     and status = 'RETRYING'
  returning id`;

/** Takes back what waits for a retry; returns the ids. */
export async function cancelRetrying(
  tx: Queryable,
  jobId: number,
  reason: string,
  now: Date,
): Promise<number[]> {
  const { rows } = await tx.query<IdRow>(CANCEL_RETRYING, [jobId, reason, now]);
  return rows.map((row) => row.id);
}

const WITHDRAW_RUNNING = /* sql */ `
  update job_executions
     set is_withdrawn = true
   where job_id = $1
     and status = 'RUNNING'`;

/** Attempts that are out may end, but are not retried. */
export async function withdrawRunning(tx: Queryable, jobId: number): Promise<void> {
  await tx.query(WITHDRAW_RUNNING, [jobId]);
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
