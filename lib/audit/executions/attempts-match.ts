import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

// Attempts may be missing, because an earlier version of Belfry recorded none. Superfluous or wrong attempts are always a
// fault. Each execution is looked up in the primary key of the attempts.
export const findWrongAttempts = makeFindInPage(
  'audit_wrong_attempts',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         case
           when a.last > e.retry_count + e.put_off_count + 1
             then format('it is %s after %s attempts, but has one with the number %s', e.status,
                         e.retry_count + e.put_off_count + 1, a.last)
           else format('it is %s after %s retries, but %s attempts have failed', e.status,
                       e.retry_count + e.put_off_count, a.failed)
         end as detail,
         true as "isDecided"
    from judged e
    cross join lateral (
      select count(*) filter (where status <> 'SUCCESS') as failed, coalesce(max(number), 0) as last
        from job_attempts
       where execution_id = e.id
    ) a
   where a.last > e.retry_count + e.put_off_count + 1
      or a.failed > e.retry_count + e.put_off_count + (e.status in ('FAILED', 'CANCELLED'))::integer`,
);

export const attemptsMatch = executionRule(
  'attempts-match',
  'no execution has more failed attempts than its retries explain',
  findWrongAttempts,
);
