import { executionRule } from './execution-rule.ts';
import { HAS_SAME_LIMITS, JOB_OF_E, makeFindInPage } from './find-in-page.ts';

/** The last attempt ended the retries by a rule of the job, or its target may not be called. */
const ENDS_RETRIES = /* sql */ `('STOP_STATUS', 'TOO_OLD', 'TARGET_REFUSED')`;

export const findUnusedRetries = makeFindInPage(
  'audit_unused_retries',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('it is FAILED after %s of %s allowed retries', e.retry_count, j.max_retry_count) as detail,
         ${HAS_SAME_LIMITS} as "isDecided"
    from judged e
    ${JOB_OF_E}
   where e.status = 'FAILED'
     and j.type = 'AT_LEAST_ONCE'
     and not e.is_withdrawn
     and e.retry_count < j.max_retry_count
     and coalesce(e.reason, '') not in ${ENDS_RETRIES}
     and (
           j.max_age_seconds is null
           or e.reason is distinct from 'WORKER_VANISHED'
           or e.updated_at <= e.execution_time + j.max_age_seconds * interval '1 s'
         )`,
);

export const retriesUsed = executionRule(
  'retries-used',
  'no AT_LEAST_ONCE execution ends FAILED with unused retries, unless its job was paused or deleted or one of its rules says so',
  findUnusedRetries,
);
