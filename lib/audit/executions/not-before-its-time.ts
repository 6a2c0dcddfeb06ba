import { timings } from '../../topology.ts';
import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

/** Unscheduled executions have microseconds, and the instants of claims and outcomes have not. */
const DUE_AT = /* sql */ `date_trunc('milliseconds', e.execution_time)`;
const CLAIMED_FROM = /* sql */ `${DUE_AT} - interval '${timings.claimAheadMs} ms'`;
/** The tolerance of 1 s exists because a duration and an instant are measured by different clocks. */
const MEASURED_FROM = /* sql */ `${DUE_AT} - interval '1 s'`;

// The table does not store when the last request was sent. The request was sent after the claim, which happens slightly
// ahead of the execution time, and no later than its duration before the outcome was recorded.
export const findTooEarly = makeFindInPage(
  'audit_too_early',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         case
           when e.started_at is null then format('it is %s, but was never claimed', e.status)
           when e.updated_at < ${DUE_AT} then format('%s was recorded before the execution time', e.status)
           when e.started_at < ${CLAIMED_FROM} then format('it is %s, but was claimed too early', e.status)
           else format('it is %s, but its last request was sent before the execution time', e.status)
         end as detail,
         true as "isDecided"
    from judged e
   where e.status in ('SUCCESS', 'FAILED')
     and (
           e.started_at is null
           or e.updated_at < ${DUE_AT}
           or e.started_at < ${CLAIMED_FROM}
           or e.updated_at - coalesce(e.execution_duration, 0) * interval '1 ms' < ${MEASURED_FROM}
         )`,
);

export const notBeforeItsTime = executionRule(
  'not-before-its-time',
  'no request is sent before its execution time',
  findTooEarly,
);
