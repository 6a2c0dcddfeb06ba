import { makeReport, type AuditRule, type AuditSettings, type RuleResult } from '../../../lib/audit/rule.ts';
import type { Pool, Queryable } from '../../../lib/db/pool.ts';
import { timings } from '../../../lib/topology.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

export function settingsAt(now: Date, changes: Partial<AuditSettings> = {}): AuditSettings {
  return {
    now,
    since: new Date(now.getTime() - DAY_MS),
    until: now,
    overdueMs: 300_000,
    leaseGraceMs: 120_000,
    lookAheadMs: timings.lookAheadMs,
    misfireAfterMs: timings.misfireAfterMs,
    maxFindings: 100,
    maxRows: 1_000_000,
    // Small, so that there are many pages.
    rowsPerPage: 200,
    ...changes,
  };
}

type Asked = Pick<RuleResult, 'findings' | 'undecided' | 'isComplete'>;

/** The findings of a rule in a database that was damaged by hand; the damage is undone. */
export async function askDamaged(
  pool: Pool,
  rule: AuditRule,
  settings: AuditSettings,
  damage: (tx: Queryable) => Promise<unknown>,
): Promise<Asked> {
  const connection = await pool.connect();
  try {
    await connection.query('begin');
    await damage(connection);
    const { report, result } = makeReport(settings);
    await rule.check(connection, settings, report);
    return result();
  } finally {
    await connection.query('rollback');
    connection.release(false);
  }
}
