import type { Pool } from '../db/pool.ts';
import { inSnapshot } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import { claimsEnd } from './claims-end.ts';
import { constraintsInForce } from './constraints-in-force.ts';
import { dueExecutionsRun } from './due-executions-run.ts';
import { dueSchedulesServed } from './due-schedules-served.ts';
import { atMostOnceNotRetried } from './executions/at-most-once-not-retried.ts';
import { claimsBelongToRunning } from './executions/claims-belong-to-running.ts';
import { failuresExplained } from './executions/failures-explained.ts';
import { notBeforeItsTime } from './executions/not-before-its-time.ts';
import { retriesUsed } from './executions/retries-used.ts';
import { retriesWithinLimit } from './executions/retries-within-limit.ts';
import { occurrencesDispatched } from './occurrences-dispatched/rule.ts';
import { makeReport, type AuditRule, type AuditSettings, type RuleResult } from './rule.ts';
import { schedulesMatchJobs } from './schedules-match-jobs.ts';
import { stoppedJobsHaveNothingOpen } from './stopped-jobs-have-nothing-open.ts';

/** The rules that PostgreSQL alone can answer. */
export const auditRules: readonly AuditRule[] = [
  constraintsInForce,
  occurrencesDispatched,
  dueSchedulesServed,
  schedulesMatchJobs,
  claimsEnd,
  dueExecutionsRun,
  stoppedJobsHaveNothingOpen,
  retriesWithinLimit,
  atMostOnceNotRetried,
  claimsBelongToRunning,
  failuresExplained,
  retriesUsed,
  notBeforeItsTime,
];

/**
 * Asks each rule, one after the other, and changes nothing. Each sees one state of the database, and no two need see
 * the same.
 *
 * @param onResult hears of each as soon as it is there.
 */
export async function runAudit(
  { pool, clock, rules }: { pool: Pool; clock: Clock; rules: readonly AuditRule[] },
  settings: AuditSettings,
  onResult: (result: RuleResult) => void = () => {},
): Promise<RuleResult[]> {
  const results: RuleResult[] = [];
  for (const { name, promise, check } of rules) {
    const startedMs = clock.nowMs();
    // A transaction that is run again must not report twice.
    const found = await inSnapshot(pool, async (tx) => {
      const { report, result } = makeReport(settings);
      await check(tx, settings, report);
      return result();
    });
    const result = { name, promise, ...found, durationMs: clock.nowMs() - startedMs };
    results.push(result);
    onResult(result);
  }
  return results;
}
