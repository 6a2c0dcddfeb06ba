import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

// The reported execution is read by its primary key. The bounds on its execution time prune partitions: it was claimed a moment
// before its time at most, and its retries last days. One that retention has dropped cannot be judged.
export const findGroundlessReports = makeFindInPage(
  'audit_groundless_reports',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('it reports execution %s, which %s', e.origin_id, o.fault) as detail,
         true as "isDecided"
    from judged e
    cross join lateral (
      select case when r.trigger = 'CALLBACK' and r.request_url is distinct from e.request_url then 'is a report to another URL'
                  when r.job_id <> e.job_id then 'belongs to another job'
                  when r.status not in ('SUCCESS', 'FAILED') then 'is ' || r.status end as fault
        from job_executions r
       where r.id = e.origin_id
         and r.execution_time <= e.execution_time + interval '1 minute'
         and r.execution_time > e.execution_time - interval '40 days'
       limit 1) o
   where e.trigger = 'CALLBACK'
     and o.fault is not null`,
);

export const reportsHaveEnds = executionRule(
  'reports-have-ends',
  'an execution with the trigger CALLBACK reports an execution of its job that has ended, or repeats such a report to its URL',
  findGroundlessReports,
);
