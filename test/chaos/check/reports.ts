import type { Violation } from '../journal/types.ts';
import type { Evidence } from './evidence.ts';

const TRUE = 'a report that was delivered tells of the execution that it belongs to';

/** Checks the content of the reports that their target received. The audit checks that each failure has one. */
export function checkReports({ journal }: Evidence): Violation[] {
  const byId = new Map(journal.executions.map((execution) => [execution.id, execution]));
  return journal.requests.flatMap(({ report, executionId }) => {
    if (report === undefined) return [];
    const originId = byId.get(executionId)?.originId ?? NaN;
    const wanted = byId.get(originId)?.status === 'FAILED' ? 'job.failed' : 'job.recovered';
    if (report.executionId === originId && report.type === wanted) return [];
    const detail = `report ${executionId} told of ${report.type} ${report.executionId}, and belongs to ${wanted} ${originId}`;
    return [{ rule: TRUE, detail }];
  });
}
