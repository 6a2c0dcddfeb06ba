-- The host of a URL without its port, in lower case, for lists by host.
create function job_host(api text) returns text language sql immutable strict parallel safe
return lower(substring(api from '^[A-Za-z]+://(\[[^]]*\]|[^/?#:]*)'));

-- Lists of executions over all jobs, the latest first. These statements make only the definitions, and the index of each
-- partition that is made from now on. lib/db/build-indexes.ts builds the indexes of the existing partitions, while others write.
--
-- An execution that succeeds has one entry, written at its end. Each of the others holds little: failures are rare, and a
-- retry waits for some minutes at most.
create index job_executions_ended on only job_executions (execution_time, id)
  where status in ('SUCCESS', 'FAILED', 'CANCELLED');
create index job_executions_unsuccessful on only job_executions (execution_time, id)
  where status in ('FAILED', 'CANCELLED');
create index job_executions_retrying on only job_executions (execution_time, id)
  where status = 'RETRYING';
