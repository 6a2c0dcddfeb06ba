import { timings } from '../../topology.ts';
import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

const CLAIMED_FROM = /* sql */ `e.execution_time - interval '${timings.claimAheadMs} ms'`;
/** A duration is measured by another clock than an instant. */
const MEASURED_FROM = /* sql */ `e.execution_time - interval '1 s'`;

// When the last request left is not stored. It did so after its claim, which is made a moment ahead; and it had ended,
// after as long as it took, when its outcome was recorded.
export const findTooEarly = makeFindInPage(
  'audit_too_early',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         case
           when e.started_at is null then format('%s, and was never claimed', e.status)
           when e.updated_at < e.execution_time then format('%s, and recorded before its time', e.status)
           when e.started_at < ${CLAIMED_FROM} then format('%s, and claimed before its time', e.status)
           else format('%s, and its last request had left before its time', e.status)
         end as detail,
         true as "isDecided"
    from judged e
   where e.status in ('SUCCESS', 'FAILED')
     and (
           e.started_at is null
           or e.updated_at < e.execution_time
           or e.started_at < ${CLAIMED_FROM}
           or e.updated_at - coalesce(e.execution_duration, 0) * interval '1 ms' < ${MEASURED_FROM}
         )`,
);

export const notBeforeItsTime = executionRule(
  'not-before-its-time',
  'no request leaves before its execution time',
  findTooEarly,
);
