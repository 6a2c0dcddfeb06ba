import { executionRule } from './execution-rule.ts';
import { HAS_SAME_LIMITS, JOB_OF_E, makeFindInPage } from './find-in-page.ts';

/** The request of the last attempt has left: `started_at` is the instant of the request, not of its claim. */
const WAS_SENT = /* sql */ `
  (e.status = 'SUCCESS' or e.reason in (
    'STATUS_NOT_SUCCESS', 'TEXT_NOT_FOUND', 'STOP_STATUS', 'ASKED_TO_WAIT', 'TIMED_OUT', 'CONNECTION_FAILED', 'RESPONSE_CUT'
  ))`;
/**
 * The tolerance of 1 s exists because the worker's clock decides, and differs slightly from the clock that dispatched the
 * execution.
 */
const LATEST = /* sql */ `e.execution_time + j.max_age_seconds * interval '1 s' + interval '1 s'`;

export const findTooOld = makeFindInPage(
  'audit_too_old',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format(
           'it is %s, but its last attempt began more than %s s after the execution time', e.status, j.max_age_seconds
         ) as detail,
         ${HAS_SAME_LIMITS} as "isDecided"
    from judged e
    ${JOB_OF_E}
   where e.status in ('SUCCESS', 'FAILED', 'RETRYING')
     and ${WAS_SENT}
     and e.started_at > ${LATEST}`,
);

export const attemptsWithinAge = executionRule(
  'attempts-within-age',
  'no attempt begins later than the maximum age of its job allows',
  findTooOld,
);
