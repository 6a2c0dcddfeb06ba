import { timings } from '../../topology.ts';
import { IS_UNCHANGED, JOB_OF_E, makeFindInPage } from './walk-executions.ts';

/** Checks of the table hold this, as long as they are in force: see `findUnconstrained`. */
export const findWrongClaims = makeFindInPage(
  'audit_wrong_claims',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format(
           '%s, %s a claim and %s a lease',
           e.status,
           case when e.has_claim then 'with' else 'without' end,
           case when e.has_lease then 'with' else 'without' end
         ) as detail,
         true as "isDecided"
    from judged e
   where (e.status = 'RUNNING') <> e.has_claim
      or (e.status = 'RUNNING') <> e.has_lease`,
);

export const findUnexplainedFailures = makeFindInPage(
  'audit_unexplained_failures',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         'FAILED, and does not say why' as detail,
         true as "isDecided"
    from judged e
   where e.status = 'FAILED'
     and e.is_unexplained`,
);

export const findUnusedRetries = makeFindInPage(
  'audit_unused_retries',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('FAILED after %s retries, where %s are allowed', e.retry_count, j.max_retry_count) as detail,
         ${IS_UNCHANGED} as "isDecided"
    from judged e
    ${JOB_OF_E}
   where e.status = 'FAILED'
     and j.type = 'AT_LEAST_ONCE'
     and not e.is_withdrawn
     and e.retry_count < j.max_retry_count`,
);

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
