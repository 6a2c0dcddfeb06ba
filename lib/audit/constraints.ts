import { readConstraints } from './statements/constraints.ts';
import type { AuditRule } from './rule.ts';

/** What no query need look for, as long as the database holds it: an occurrence twice, or a claim of what does not run. */
export const constraintRule: AuditRule = {
  name: 'constraints-in-force',
  promise: 'the database refuses a second execution of an occurrence, and a claim of what does not run',
  check: async (tx, _settings, report) => {
    const tables = await readConstraints(tx);
    report.read(tables.length);
    for (const { table, isUnique, areClaimsChecked } of tables) {
      if (!isUnique) report.finding({ detail: `${table} may hold an occurrence twice` });
      if (!areClaimsChecked) report.finding({ detail: `${table} may hold a claim of what does not run` });
    }
  },
};
