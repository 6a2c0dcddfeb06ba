import type { AuditRule } from '../../../lib/audit/rule.ts';
import { reportAll } from '../../../lib/audit/walk.ts';

type Found = { jobId: number; executionId: number | null; detail: string };

/**
 * Makes a rule of a statement that selects `"jobId"`, `"executionId"` and `detail` of each violation.
 *
 * @param values the parameters of the statement: requests of the journal, as JSON.
 */
export function foundBy(
  { name, promise }: { name: string; promise: string },
  text: string,
  values: readonly string[] = [],
): AuditRule {
  return {
    name,
    promise,
    check: async (tx, { maxFindings }, report) => {
      const { rows } = await tx.query<Found>({
        text: `${text} limit ${maxFindings + 1}`,
        values: [...values],
      });
      reportAll(report, rows, ({ executionId, ...finding }) => ({
        ...finding,
        executionId: executionId ?? undefined,
      }));
    },
  };
}
