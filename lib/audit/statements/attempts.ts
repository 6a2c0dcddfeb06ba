import { IS_UNCHANGED, JOB_OF_E, makeFindInPage } from './walk-executions.ts';

export const findTooManyRetries = makeFindInPage(
  'audit_too_many_retries',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('%s retries, where %s are allowed', e.retry_count, j.max_retry_count) as detail,
         ${IS_UNCHANGED} as "isDecided"
    from judged e
    ${JOB_OF_E}
   where e.retry_count > j.max_retry_count`,
);

export const findRetriedAtMostOnce = makeFindInPage(
  'audit_retried_at_most_once',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('AT_MOST_ONCE, and %s with %s retries', e.status, e.retry_count) as detail,
         ${IS_UNCHANGED} as "isDecided"
    from judged e
    ${JOB_OF_E}
   where j.type = 'AT_MOST_ONCE'
     and (e.retry_count > 0 or e.status = 'RETRYING')`,
);
