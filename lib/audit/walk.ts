import { findPartitionsOf, type FindInPage, type Page } from './statements/walk-executions.ts';
import type { AuditRule, Finding, Report } from './rule.ts';

/** Reads pages from a position on, until there are no more or the report is full. */
export async function walk<Position, Found>(
  report: Report,
  start: Position,
  readPage: (after: Position) => Promise<Page<Position, Found>>,
  use: (found: Found[]) => void | Promise<void>,
): Promise<void> {
  let position: Position | undefined = start;
  while (position !== undefined && !report.isFull()) {
    const page: Page<Position, Found> = await readPage(position);
    report.read(page.read);
    await use(page.found);
    position = page.last;
  }
}

/** A rule about single executions: it reads each of the window, a partition after the other. */
export function executionRule(name: string, promise: string, find: FindInPage): AuditRule {
  return {
    name,
    promise,
    check: async (tx, { since, until, rowsPerPage }, report) => {
      for (const partition of await findPartitionsOf(tx, { since, until })) {
        await walk(
          report,
          0,
          (after) => find(tx, { partition, after, limit: rowsPerPage, since, until }),
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

/** Reports what a statement has found; with more of it than one may be reported, there is more. */
export function reportAll<Found>(
  report: Report,
  found: readonly Found[],
  toFinding: (row: Found) => Finding,
): void {
  report.read(found.length);
  for (const row of found) report.finding(toFinding(row));
}
