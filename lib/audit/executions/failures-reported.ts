import { executionRule } from './execution-rule.ts';
import { IS_UNCHANGED, JOB_OF_E, makeFindInPage } from './find-in-page.ts';

// A report gets its execution by the next tick. The bounds on the execution time prune partitions.
const findUnreportedFailures = makeFindInPage(
  'audit_unreported_failures',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('it is FAILED, and has %s reports', r.reports) as detail,
         ${IS_UNCHANGED} as "isDecided"
    from judged e
    ${JOB_OF_E}
    cross join lateral (
      select (select count(*) from pending_callbacks p where p.origin_id = e.id and p.event = 'job.failed')
             + (select count(*)
                  from job_executions c
                 where c.job_id = e.job_id
                   and c.execution_time >= e.updated_at - interval '1 minute'
                   and c.execution_time < e.updated_at + interval '1 day'
                   and c.trigger = 'CALLBACK'
                   and c.origin_id = e.id) as reports) r
   where e.status = 'FAILED'
     and e.trigger <> 'CALLBACK'
     and j.on_failure is not null
     and r.reports <> 1`,
);

export const failuresReported = executionRule(
  'failures-reported',
  'a FAILED execution of a job with onFailure has exactly one report',
  findUnreportedFailures,
);
