import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

/**
 * Finds rows that the table's check constraints refuse while they are in force. See the rule `constraints-in-force`.
 */
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

export const claimsBelongToRunning = executionRule(
  'claims-belong-to-running',
  'every RUNNING execution has a claim and a lease, and no other execution has one',
  findWrongClaims,
);
