import { auditDatabase } from '../../../local/commands/audit/audit-database.ts';
import { describeError, describeFinding } from '../../../local/commands/audit/describe.ts';
import { readOptions } from '../../../local/commands/audit/options.ts';
import type { Violation } from '../journal/types.ts';

const COMPLETE = 'the audit finishes';

/** Returns the findings of the audit's rules. @param redisUrl only while nothing is due: work in progress gives findings. */
export async function checkByAudit(databaseUrl: string, redisUrl?: string): Promise<Violation[]> {
  const args = ['--database-url', databaseUrl, ...(redisUrl === undefined ? [] : ['--redis-url', redisUrl])];
  try {
    const results = await auditDatabase(readOptions(args, {}, new Date()));
    return results.flatMap(({ name, promise, findings, isComplete }) => [
      ...findings.map((finding) => ({ rule: promise, detail: describeFinding(finding) })),
      ...(isComplete ? [] : [{ rule: COMPLETE, detail: `${name} stopped at a limit` }]),
    ]);
  } catch (error) {
    return [{ rule: COMPLETE, detail: describeError(error, [databaseUrl]) }];
  }
}
