import type { Violation } from '../journal/types.ts';
import { at, type Evidence, isReport } from './evidence.ts';

const ONCE = 'each failure of a job with onFailure has exactly one report';
const TRUE = 'a report that was delivered tells of the execution that it belongs to';
const PAUSES = 'a job is paused when so many of its executions in a row have failed, and not before';

/** A worker makes the execution of a report at once, and otherwise one of the next ticks. */
const MADE_WITHIN_MS = 30_000;

/** Checks the reports of failures, and the pauses that follow them. */
export function checkReports(evidence: Evidence): Violation[] {
  return [...checkFailures(evidence), ...checkDelivered(evidence), ...checkPauses(evidence)];
}

/** The audit checks all failures again, at the end. */
function checkFailures({ known, journal, transitionsOf }: Evidence): Violation[] {
  return known.flatMap(({ asked, stored, executions }) => {
    const byOrigin = Map.groupBy(executions.filter(isReport), ({ originId }) => originId);
    const isGone = stored.isDeleted && !asked.isTemporary;
    return executions.flatMap((execution) => {
      if (execution.status !== 'FAILED' || isReport(execution)) return [];
      const { id } = execution;
      const count = byOrigin.get(id)?.length ?? 0;
      const failedMs = transitionsOf(id).findLast(({ to }) => to === 'FAILED')?.atMs ?? Infinity;
      const isMade = failedMs < journal.quietMs - MADE_WITHIN_MS;
      const wanted = asked.reports.failures ? 1 : 0;
      if (count === wanted || (count < wanted && (isGone || !isMade))) return [];
      const detail = `execution ${id} of job ${asked.name} (${stored.id}) failed at ${at(failedMs)}, and has ${count} reports`;
      return [{ rule: ONCE, detail }];
    });
  });
}

function checkDelivered({ journal }: Evidence): Violation[] {
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

function checkPauses({ known }: Evidence): Violation[] {
  return known.flatMap(({ asked, stored }) => {
    const { pauseAfterFailures = Infinity } = asked;
    if (stored.isDeleted) return [];
    const mustBePaused = stored.failures >= pauseAfterFailures;
    const isPaused = stored.pausedByRuleMs !== undefined;
    // A success after the pause, of an execution that was under way, has ended the count.
    const isWrong = mustBePaused ? stored.isActive : isPaused && stored.failures > 0;
    if (!isWrong) return [];
    const detail =
      `job ${asked.name} (${stored.id}) has ${stored.failures} failures in a row, may have ${pauseAfterFailures}, ` +
      `and ${isPaused ? 'was' : 'was not'} paused by Belfry`;
    return [{ rule: PAUSES, detail }];
  });
}
