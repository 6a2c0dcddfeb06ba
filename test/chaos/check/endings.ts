import type { AskedJob, StoredExecution, Violation } from '../journal/types.ts';
import { at, attemptOf, type Evidence, isByOldVersion, isClaim, isReport } from './evidence.ts';

const ENDS = 'every execution ends';
const REACHES = 'an AT_LEAST_ONCE execution reaches its target, or is FAILED after its retries';
const TRUE = 'the outcome matches what the target answered to the last attempt';

/** Checks that each execution ended, that this end was allowed, and that the target's own log agrees. */
export function checkEndings(evidence: Evidence): Violation[] {
  const { quietMs } = evidence.journal;
  return evidence.known.flatMap(({ asked, stored, executions }) =>
    executions
      .filter(({ executionMs }) => executionMs <= quietMs)
      .flatMap((execution) => {
        const isPausedByRule = stored.pausedByRuleMs !== undefined && !isReport(execution);
        return checkOne(evidence.rulesOf(execution.id, asked), execution, evidence, isPausedByRule);
      }),
  );
}

/** The execution ended for its age, or a tick freed its claim when it was too old for another attempt. */
function isTooOld({ maxAgeSeconds }: AskedJob, { reason }: StoredExecution): boolean {
  return maxAgeSeconds !== undefined && (reason === 'TOO_OLD' || reason === 'WORKER_VANISHED');
}

function checkOne(
  asked: AskedJob,
  execution: StoredExecution,
  evidence: Evidence,
  isPausedByRule: boolean,
): Violation[] {
  const found = (rule: string, detail: string): Violation[] => [
    { rule, detail: `execution ${execution.id} of job ${asked.name} (${execution.jobId}) ${detail}` },
  ];
  const { status, retryCount, executionMs, statusCode, errorMessage } = execution;
  const transitions = evidence.transitionsOf(execution.id);
  const lastClaim = transitions.findLast(isClaim);
  const lastAttempt = lastClaim === undefined ? retryCount + 1 : attemptOf(lastClaim);
  const mayBeStopped = isPausedByRule || asked.stop?.kind === 'pause' || asked.stop?.kind === 'delete';
  const last = evidence
    .requestsOf(execution.id)
    .findLast((request) => evidence.claimOf(request)?.seq === lastClaim?.seq);
  const ended = transitions.findLast(({ to }) => to === status);
  // The old version writes no status code, and leaves the one of an earlier attempt.
  const said = ended !== undefined && isByOldVersion(ended) ? null : statusCode;

  switch (status) {
    case 'SCHEDULED':
    case 'RUNNING':
    case 'RETRYING':
      return found(ENDS, `was due at ${at(executionMs)}, and is ${status} at the end`);
    case 'CANCELLED':
      return mayBeStopped || execution.isCancelled
        ? []
        : found(ENDS, 'is CANCELLED, and was not cancelled, and its job was not stopped');
    case 'SUCCESS':
      if (last?.answered !== undefined && last.answered >= 200 && last.answered <= 299) return [];
      return found(
        asked.type === 'AT_LEAST_ONCE' ? REACHES : TRUE,
        `is SUCCESS, and its target ${last === undefined ? 'did not receive' : `answered ${last.answered ?? 'nothing'} to`} attempt ${lastAttempt}`,
      );
    case 'FAILED': {
      const isSpent =
        asked.type === 'AT_MOST_ONCE' ||
        retryCount === asked.maxRetryCount ||
        (execution.isWithdrawn && mayBeStopped) ||
        isTooOld(asked, execution);
      return [
        ...(isSpent
          ? []
          : found(
              REACHES,
              `is FAILED after ${retryCount} of ${asked.maxRetryCount} retries: ${errorMessage}`,
            )),
        ...(said === null || last?.answered === said
          ? []
          : found(
              TRUE,
              `has the status code ${said}, and the target answered ${last?.answered ?? 'nothing'}`,
            )),
      ];
    }
  }
}
