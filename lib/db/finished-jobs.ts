import type { Queryable } from './pool.ts';

export type CheckedJob = {
  id: number;
  /** Null if the job is kept for ever. */
  deleteAfterDays: number | null;
  /** The next occurrence that is not dispatched. */
  nextExecutionTime: Date | null;
  /** Whether an execution waits or runs, or a report is not an execution yet. */
  hasOpen: boolean;
  /** Whether it can run no more by itself: it is active, or it was paused after its run. */
  isFinished: boolean;
  /** The end of the latest execution in the history. Null without one. */
  lastEndedAt: Date | null;
  createdAt: Date;
};

// Locks the jobs, so that no change and no manual run comes between this statement and the deletion. It skips jobs that are being
// changed; their checks stay due.
const LOCK_CHECKS = /* sql */ `
  select j.id, j.delete_finished_after_days as "deleteAfterDays", j.created_at as "createdAt"
    from finished_job_checks c
    join jobs j on j.id = c.job_id
   where c.check_at <= $1
   order by c.check_at, c.job_id
   limit $2
     for update of j skip locked`;

// Reads the state after the jobs are locked, by a statement of its own: the snapshot of the first one may be older than the
// last change.
const READ_STATES = /* sql */ `
  select j.id,
         s.next_execution_time as "nextExecutionTime",
         j.is_active or j.has_run as "isFinished",
         coalesce(e.has_open, false)
           or (select true from pending_callbacks p where p.job_id = j.id limit 1) is not null as "hasOpen",
         e.last_ended_at as "lastEndedAt"
    from jobs j
    left join job_schedules s on s.job_id = j.id
    cross join lateral (
           select bool_or(status in ('SCHEDULED', 'RUNNING', 'RETRYING')) as has_open, max(updated_at) as last_ended_at
             from job_executions
            where job_id = j.id
         ) e
   where j.id = any($1::bigint[])`;

/** Locks the jobs whose checks are due, and reads whether they have finished. Call it in a transaction. */
export async function lockDueChecks(tx: Queryable, now: Date, limit: number): Promise<CheckedJob[]> {
  const { rows: locked } = await tx.query<Pick<CheckedJob, 'id' | 'deleteAfterDays' | 'createdAt'>>({
    name: 'lock_finished_job_checks',
    text: LOCK_CHECKS,
    values: [now, limit],
  });
  if (locked.length === 0) return [];
  const { rows } = await tx.query<Omit<CheckedJob, 'deleteAfterDays' | 'createdAt'>>({
    name: 'read_finished_jobs',
    text: READ_STATES,
    values: [locked.map(({ id }) => id)],
  });
  const states = new Map(rows.map((row) => [row.id, row]));
  return locked.flatMap((job) => {
    const state = states.get(job.id);
    return state === undefined ? [] : [{ ...job, ...state }];
  });
}

const PUT_OFF_CHECKS = /* sql */ `
  update finished_job_checks c
     set check_at = d.check_at
    from unnest($1::bigint[], $2::timestamptz[]) d (job_id, check_at)
   where c.job_id = d.job_id`;

export async function putOffChecks(
  tx: Queryable,
  checks: readonly { id: number; checkAt: Date }[],
): Promise<void> {
  if (checks.length === 0) return;
  await tx.query({
    name: 'put_off_finished_job_checks',
    text: PUT_OFF_CHECKS,
    values: [checks.map(({ id }) => id), checks.map(({ checkAt }) => checkAt)],
  });
}
