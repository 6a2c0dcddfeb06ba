import { executionRule } from './execution-rule.ts';
import { IS_UNCHANGED, JOB_OF_E, makeFindInPage } from './find-in-page.ts';

// A pause, a change and a deletion of the job all give it another revision or a later instant of change.
export const findCauselessCancellations = makeFindInPage(
  'audit_causeless_cancellations',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         'it is CANCELLED, but no caller cancelled it and its job did not change' as detail,
         true as "isDecided"
    from judged e
    ${JOB_OF_E}
   where e.status = 'CANCELLED'
     and e.cancel_requested_at is null
     and j.is_active
     and j.deleted_at is null
     and ${IS_UNCHANGED}`,
);

export const cancellationsHaveCauses = executionRule(
  'cancellations-have-causes',
  'an execution is CANCELLED only by a caller, or when its job was paused, changed or deleted',
  findCauselessCancellations,
);
