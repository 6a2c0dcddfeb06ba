import { executionRule } from './execution-rule.ts';
import { HAS_SAME_LIMITS, JOB_OF_E, makeFindInPage } from './find-in-page.ts';

export const findRetriedAtMostOnce = makeFindInPage(
  'audit_retried_at_most_once',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('its job is AT_MOST_ONCE, but it is %s with %s retries', e.status, e.retry_count) as detail,
         ${HAS_SAME_LIMITS} as "isDecided"
    from judged e
    ${JOB_OF_E}
   where j.type = 'AT_MOST_ONCE'
     and (e.retry_count > 0 or e.put_off_count > 0 or e.status = 'RETRYING')`,
);

export const atMostOnceNotRetried = executionRule(
  'at-most-once-not-retried',
  'no AT_MOST_ONCE execution is retried',
  findRetriedAtMostOnce,
);
