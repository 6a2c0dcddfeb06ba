import type { Pool } from '../db/pool.ts';
import { inSnapshot } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import { claimsEnd } from './claims-end.ts';
import { constraintsInForce } from './constraints-in-force.ts';
import { dueExecutionsRun } from './due-executions-run.ts';
import { dueSchedulesServed } from './due-schedules-served.ts';
import { attemptsMatch } from './executions/attempts-match.ts';
import { attemptsWithinAge } from './executions/attempts-within-age.ts';
import { atMostOnceNotRetried } from './executions/at-most-once-not-retried.ts';
import { cancellationsHaveCauses } from './executions/cancellations-have-causes.ts';
import { cancelledNotRetried } from './executions/cancelled-not-retried.ts';
import { claimsBelongToRunning } from './executions/claims-belong-to-running.ts';
import { endsRecorded } from './executions/ends-recorded.ts';
import { failuresExplained } from './executions/failures-explained.ts';
import { failuresReported } from './executions/failures-reported.ts';
import { notBeforeItsTime } from './executions/not-before-its-time.ts';
import { reportsHaveEnds } from './executions/reports-have-ends.ts';
import { retriesUsed } from './executions/retries-used.ts';
import { retriesWithinLimit } from './executions/retries-within-limit.ts';
import { unscheduledApart } from './executions/unscheduled-apart.ts';
import { failingJobsPaused } from './failing-jobs-paused.ts';
import { failuresCounted } from './failures-counted.ts';
import { pausesRemembered } from './pauses-remembered.ts';
import { occurrencesDispatched } from './occurrences-dispatched/rule.ts';
import { outcomesCounted } from './outcomes-counted/rule.ts';
import { reportsSent } from './reports-sent.ts';
import { makeReport, type AuditRule, type AuditSettings, type RuleResult } from './rule.ts';
import { schedulesMatchJobs } from './schedules-match-jobs.ts';
import { stoppedJobsHaveNothingOpen } from './stopped-jobs-have-nothing-open.ts';

/** The rules that need only PostgreSQL. */
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
  failuresReported,
  reportsHaveEnds,
  reportsSent,
  failuresCounted,
  pausesRemembered,
  failingJobsPaused,
  retriesUsed,
  attemptsWithinAge,
  attemptsMatch,
  endsRecorded,
  notBeforeItsTime,
  unscheduledApart,
  cancelledNotRetried,
  cancellationsHaveCauses,
  outcomesCounted,
];

/**
 * Checks the rules one after the other, without changing anything. Each rule reads one snapshot of the database.
 * Different rules may read different snapshots.
 *
 * @param onResult receives each result as soon as its rule ends.
 */
export async function runAudit(
  { pool, clock, rules }: { pool: Pool; clock: Clock; rules: readonly AuditRule[] },
  settings: AuditSettings,
  onResult: (result: RuleResult) => void = () => {},
): Promise<RuleResult[]> {
  const results: RuleResult[] = [];
  for (const { name, promise, check } of rules) {
    const startedMs = clock.nowMs();
    // The report is made inside, so that a transaction that is retried does not report a finding twice.
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
