import type { Pool } from '../db/pool.ts';
import { inSnapshot } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import { constraintRule } from './constraints.ts';
import { executionRules } from './executions.ts';
import { occurrenceRule } from './occurrences.ts';
import { openRules } from './open.ts';
import { makeReport, type AuditRule, type AuditSettings, type RuleResult } from './rule.ts';
import { scheduleRules } from './schedules.ts';

/** What PostgreSQL alone can tell. */
export const auditRules: readonly AuditRule[] = [
  constraintRule,
  occurrenceRule,
  ...scheduleRules,
  ...openRules,
  ...executionRules,
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
