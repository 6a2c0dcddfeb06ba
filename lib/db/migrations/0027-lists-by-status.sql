-- As before, these make only the definitions, and lib/db/build-indexes.ts builds the indexes of the existing partitions.

-- Takes the place of the index without the status: a list of the rare cancelled executions passed over all failures.
drop index job_executions_unsuccessful;
create index job_executions_without_success on only job_executions (status, execution_time, id)
  where status in ('FAILED', 'CANCELLED');

-- Serves the list of executions that a person asked for, and of callbacks. An occurrence of a schedule has no entry.
create index job_executions_unscheduled on only job_executions (execution_time, id)
  where trigger <> 'SCHEDULE';
