import type { AuditRule } from '../rule.ts';
import { walk } from '../walk.ts';
import { findPartitionsOf, type FindInPage } from './find-in-page.ts';

/** Makes a rule that checks each execution by itself. It reads every execution in the window, one partition after the other. */
export function executionRule(name: string, promise: string, find: FindInPage): AuditRule {
  return {
    name,
    promise,
    check: async (tx, { since, until, rowsPerPage, journal }, report) => {
      const hasJournal = journal !== undefined;
      for (const partition of await findPartitionsOf(tx, { since, until })) {
        await walk(
          report,
          0,
          (after) => find(tx, { partition, after, limit: rowsPerPage, since, until, hasJournal }),
          (found) => {
            for (const { isDecided, ...finding } of found) {
              if (isDecided) report.finding(finding);
              else report.undecided();
            }
          },
        );
      }
    },
  };
}
