import { auditDatabase } from '../../../local/commands/audit/audit-database.ts';
import { describeError, describeFinding } from '../../../local/commands/audit/describe.ts';
import { readOptions } from '../../../local/commands/audit/options.ts';
import { attemptsWithinAge } from '../../../lib/audit/executions/attempts-within-age.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { OLD_WORKER, type Violation } from '../journal/types.ts';

const COMPLETE = 'the audit finishes';

const CLAIMED_BY_OLD_VERSION = /* sql */ `
  select distinct execution_id as id from chaos.transitions where to_token is not null and environment like '${OLD_WORKER}%'`;

/**
 * Returns the findings of the audit's rules. Workers of the old version know no age of an execution, so their executions are left
 * out of the rule about it.
 *
 * @param redisUrl only while nothing is due: work in progress gives findings.
 */
export async function checkByAudit(pool: Pool, databaseUrl: string, redisUrl?: string): Promise<Violation[]> {
  const args = ['--database-url', databaseUrl, ...(redisUrl === undefined ? [] : ['--redis-url', redisUrl])];
  try {
    const { rows } = await pool.query<{ id: number }>(CLAIMED_BY_OLD_VERSION);
    const old = new Set(rows.map(({ id }) => id));
    const results = await auditDatabase(readOptions(args, {}, new Date()));
    return results.flatMap(({ name, promise, findings, isComplete }) => [
      ...findings
        .filter(({ executionId = NaN }) => name !== attemptsWithinAge.name || !old.has(executionId))
        .map((finding) => ({ rule: promise, detail: describeFinding(finding) })),
      ...(isComplete ? [] : [{ rule: COMPLETE, detail: `${name} stopped at a limit` }]),
    ]);
  } catch (error) {
    return [{ rule: COMPLETE, detail: describeError(error, [databaseUrl]) }];
  }
}
