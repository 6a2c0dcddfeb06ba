import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

const findWaitingCancelled = makeFindInPage(
  'audit_waiting_cancelled',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('a caller cancelled it, but it is %s', e.status) as detail,
         true as "isDecided"
    from judged e
   where e.cancel_requested_at is not null
     and (e.status in ('SCHEDULED', 'RETRYING') or (e.status = 'RUNNING' and not e.is_withdrawn))`,
);

export const cancelledNotRetried = executionRule(
  'cancelled-not-retried',
  'no attempt follows the cancellation of an execution',
  findWaitingCancelled,
);
