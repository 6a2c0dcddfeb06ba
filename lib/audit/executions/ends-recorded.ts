import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

// The instant of an end may be missing, or belong to an earlier cancellation: an earlier version of Belfry ended the
// execution. Otherwise nothing changes an execution after its end.
export const findWrongEnds = makeFindInPage(
  'audit_wrong_ends',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('it is %s, and has ended later than it was changed last', e.status) as detail,
         true as "isDecided"
    from judged e
   where e.finished_at > e.updated_at`,
);

export const endsRecorded = executionRule(
  'ends-recorded',
  'no execution has ended later than it was changed last',
  findWrongEnds,
);
