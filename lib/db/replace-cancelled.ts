// An occurrence is one row, even if several ticks write it. An occurrence that was cancelled before it ran can be written again, unless
// a caller cancelled just this execution. It then gets a new id, so that an old entry in the queue can no longer be claimed.
/** What an insert of occurrences does where a row exists. The row that it replaces keeps nothing of its own. */
export const REPLACE_CANCELLED = /* sql */ `
      on conflict (job_id, execution_time) do update
     set id = excluded.id,
         job_revision = excluded.job_revision,
         status = excluded.status,
         due_at = excluded.due_at,
         error_message = null,
         reason = excluded.reason,
         skipped_from = excluded.skipped_from,
         skipped_count = excluded.skipped_count,
         finished_at = excluded.finished_at,
         late_dispatch_by = excluded.late_dispatch_by,
         requeued_at = null,
         snooze_count = null,
         snoozed_ms = null,
         held_back_count = null,
         held_back_ms = null,
         created_at = excluded.created_at,
         updated_at = excluded.updated_at
   where job_executions.status = 'CANCELLED'
     and job_executions.started_at is null
     and job_executions.cancel_requested_at is null`;
