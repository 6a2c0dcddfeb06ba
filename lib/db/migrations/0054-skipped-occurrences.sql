-- An execution that is SKIPPED stands for consecutive occurrences of a schedule that were left out. Its execution time is the last of
-- them, so that it is kept as long as the execution after it, and is in a partition that still exists. It is written with its end
-- and never changes. No queue, claim or tick reads it: they look for the statuses of open executions.
alter table job_executions
  -- The first of the occurrences.
  add column skipped_from timestamptz,
  add column skipped_count integer,
  drop constraint job_executions_status_check,
  -- Rows that exist were checked without SKIPPED. A check of them would read the whole history while the table is locked.
  add constraint job_executions_status_check check (
    case status
      when 'SKIPPED' then skipped_count > 0 and skipped_from <= execution_time and trigger = 'SCHEDULE'
      else status in ('SCHEDULED', 'RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'CANCELLED') and skipped_count is null
    end) not valid;

-- As in 0018, this makes only the definition. It serves the list of executions; only skipped ones have an entry.
create index job_executions_skipped on only job_executions (execution_time, id)
  where status = 'SKIPPED';
