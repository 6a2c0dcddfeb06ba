import { MAX_PUT_OFFS } from '../../domain/retry.ts';
import { executionRule } from './execution-rule.ts';
import { HAS_SAME_LIMITS, JOB_OF_E, makeFindInPage } from './find-in-page.ts';

export const findTooManyRetries = makeFindInPage(
  'audit_too_many_retries',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         case
           when e.retry_count > j.max_retry_count
             then format('it had %s retries, but its job allows %s', e.retry_count, j.max_retry_count)
           else format('its target has put it off %s times, but ${MAX_PUT_OFFS} spend no retry', e.put_off_count)
         end as detail,
         ${HAS_SAME_LIMITS} as "isDecided"
    from judged e
    ${JOB_OF_E}
   where e.retry_count > j.max_retry_count
      or e.put_off_count > ${MAX_PUT_OFFS}`,
);

export const retriesWithinLimit = executionRule(
  'retries-within-limit',
  'no execution is retried more often than its job allows',
  findTooManyRetries,
);
