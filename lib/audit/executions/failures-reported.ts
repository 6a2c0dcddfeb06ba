import { executionRule } from './execution-rule.ts';
import { HAS_SAME_LIMITS, JOB_OF_E, makeFindInPage } from './find-in-page.ts';

/** The job was deleted because it had finished. Such a deletion waits for reports. */
const IS_DELETED_BY_RULE = /* sql */ `
  exists (
    select
      from audit_log a
     where a.subject = 'job'
       and a.subject_id = e.job_id
       and a.action = 'JOB_DELETED'
       and a.actor ->> 'name' = 'deleteFinishedAfterDays'
  )`;

// A report gets its execution by the next tick, unless a caller deleted its job before. Only a journal tells that a
// report belongs to no target of the deployment. The bounds on the execution time prune partitions.
const findUnreportedFailures = makeFindInPage(
  'audit_unreported_failures',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('it is FAILED, and has %s reports', r.reports) as detail,
         ${HAS_SAME_LIMITS}
           and (j.deleted_at is null or ${IS_DELETED_BY_RULE}) as "isDecided"
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
     and (j.on_failure is not null or e.has_journal)
     and r.reports <> (j.on_failure is not null)::integer`,
);

export const failuresReported = executionRule(
  'failures-reported',
  'a FAILED execution of a job with onFailure has exactly one report',
  findUnreportedFailures,
);
