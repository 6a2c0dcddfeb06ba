import { runAuditCommand } from '../../../local/commands/audit/command.ts';
import type { Violation } from '../journal/types.ts';

const CLEAN = 0;

/** What `npm run audit:database` says of it. @param redisUrl only while nothing is due: what goes on shows. */
export async function checkByAudit(databaseUrl: string, redisUrl?: string): Promise<Violation[]> {
  const said: string[] = [];
  const write = (line: string): void => void said.push(line);
  const args = ['--database-url', databaseUrl, ...(redisUrl === undefined ? [] : ['--redis-url', redisUrl])];
  const code = await runAuditCommand(args, {}, { write, complain: write });
  return code === CLEAN
    ? []
    : [{ rule: 'npm run audit:database has nothing to say', detail: said.join('\n').trim() }];
}
