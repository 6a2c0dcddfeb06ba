import { afterAll, beforeAll } from 'vitest';
import { makeReport } from '../../../../lib/audit/rule.ts';
import { auditRules } from '../../../../lib/audit/run-audit.ts';
import type { Queryable } from '../../../../lib/db/pool.ts';
import { checkJournal } from '../../../chaos/check/check.ts';
import { journalRules, withJournal } from '../../../chaos/audit/check-by-audit.ts';
import { createLog } from '../../../chaos/journal/schema.ts';
import type { Journal } from '../../../chaos/journal/types.ts';
import { createBelfryDatabase, type BelfryDatabase } from '../../../support/belfry-database.ts';
import { settingsAt } from '../../audit/fixture.ts';
import { ms } from './journal.ts';
import { storeJournal } from './store-journal.ts';

let database: BelfryDatabase;
beforeAll(async () => {
  database = await createBelfryDatabase({ max: 1 });
  await createLog(database.pool);
});
afterAll(() => database.drop());

const NOW = new Date(ms(24));
const LATE_MS = 5_000;
/** A journal has no counts of outcomes. */
const NOT_TOLD = 'outcomes-counted';

/**
 * Returns the rules that a journal breaks: promises about requests, and names of the audit's rules.
 *
 * @param damage changes stored rows.
 */
export async function violationsOf(
  journal: Journal,
  damage?: (tx: Queryable) => Promise<unknown>,
): Promise<string[]> {
  const settings = withJournal(settingsAt(NOW, { overdueMs: LATE_MS, leaseGraceMs: LATE_MS }), journal);
  const connection = await database.pool.connect();
  const broken: string[] = checkJournal(journal).map(({ rule }) => rule);
  try {
    await connection.query('begin');
    await storeJournal(connection, journal);
    await damage?.(connection);
    for (const { name, check } of [...auditRules, ...journalRules(journal)]) {
      const { report, result } = makeReport(settings);
      await check(connection, settings, report);
      if (name !== NOT_TOLD) broken.push(...result().findings.map(() => name));
    }
    return broken;
  } finally {
    await connection.query('rollback');
    connection.release(false);
  }
}
