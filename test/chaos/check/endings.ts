import type { AskedJob, StoredExecution, Violation } from '../journal/types.ts';
import { describeFailure } from '../../../lib/domain/retry.ts';
import { at, type Evidence } from './evidence.ts';

const ENDS = 'every execution ends';
const REACHES = 'an AT_LEAST_ONCE execution reaches its target, or is FAILED after its retries';
const TRUE = 'the outcome matches what the target answered to the last attempt';

/** The statuses that targets answer with. */
const STATUSES = [204, 429, 500, 503];
const describeAnswer = (statusCode: number): string =>
  describeFailure({ kind: 'answered', durationMs: 0, statusCode });

/** Checks that each execution ended, that this end was allowed, and that the target's own log agrees. */
export function checkEndings(evidence: Evidence): Violation[] {
  const { quietMs } = evidence.journal;
  return evidence.known.flatMap(({ asked, executions }) =>
    executions
      .filter(({ executionMs }) => executionMs <= quietMs)
      .flatMap((execution) => checkOne(asked, execution, evidence)),
  );
}

/** The execution ended for its age, or a tick freed its claim when it was too old for another attempt. */
function isTooOld({ maxAgeSeconds }: AskedJob, { errorMessage }: StoredExecution): boolean {
  if (maxAgeSeconds === undefined) return false;
  return /maxAgeSeconds|the worker vanished/.test(errorMessage ?? '');
}

function checkOne(asked: AskedJob, execution: StoredExecution, evidence: Evidence): Violation[] {
  const found = (rule: string, detail: string): Violation[] => [
    { rule, detail: `execution ${execution.id} of job ${asked.name} (${execution.jobId}) ${detail}` },
  ];
  const { status, retryCount, putOffCount, executionMs, errorMessage } = execution;
  const lastAttempt = retryCount + putOffCount + 1;
  const mayBeStopped = asked.stop?.kind === 'pause' || asked.stop?.kind === 'delete';
  const last = evidence.requestsOf(execution.id).findLast(({ attempt }) => attempt === lastAttempt);

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
      const said = STATUSES.find((statusCode) => errorMessage === describeAnswer(statusCode));
      return [
        ...(isSpent
          ? []
          : found(
              REACHES,
              `is FAILED after ${retryCount} of ${asked.maxRetryCount} retries: ${errorMessage}`,
            )),
        ...(said === undefined || last?.answered === said
          ? []
          : found(
              TRUE,
              `has the error "${errorMessage}", and the target answered ${last?.answered ?? 'nothing'}`,
            )),
      ];
    }
  }
}
