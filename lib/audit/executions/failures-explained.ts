import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

export const findUnexplainedFailures = makeFindInPage(
  'audit_unexplained_failures',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         'it is FAILED without an error message' as detail,
         true as "isDecided"
    from judged e
   where e.status = 'FAILED'
     and e.is_unexplained`,
);

export const failuresExplained = executionRule(
  'failures-explained',
  'every FAILED execution has an error message',
  findUnexplainedFailures,
);
