import type { StoredExecution, Violation } from '../journal/types.ts';
import { attemptOf, type Evidence, isByOldVersion, isClaim } from './evidence.ts';

const REACHES = 'an AT_LEAST_ONCE execution that is SUCCESS has reached its target';
const TRUE = 'the outcome matches what the target answered to the last attempt';

/** Checks that the target's own log agrees with the outcome of each execution. */
export function checkEndings(evidence: Evidence): Violation[] {
  return evidence.known.flatMap(({ asked, executions }) =>
    executions.flatMap((execution) => {
      const isRepeatable = evidence.rulesOf(execution.id, asked).type === 'AT_LEAST_ONCE';
      return checkOne(execution, { name: asked.name, isRepeatable }, evidence);
    }),
  );
}

function checkOne(
  { id, jobId, status, statusCode, retryCount }: StoredExecution,
  { name, isRepeatable }: { name: string; isRepeatable: boolean },
  evidence: Evidence,
): Violation[] {
  if (status !== 'SUCCESS' && status !== 'FAILED') return [];
  const found = (rule: string, detail: string): Violation[] => [
    { rule, detail: `execution ${id} of job ${name} (${jobId}) ${detail}` },
  ];
  const transitions = evidence.transitionsOf(id);
  const lastClaim = transitions.findLast(isClaim);
  const last = evidence
    .requestsOf(id)
    .findLast((request) => evidence.claimOf(request)?.seq === lastClaim?.seq);
  const answered = last?.answered;
  if (status === 'SUCCESS') {
    if (answered !== undefined && answered >= 200 && answered <= 299) return [];
    const said = last === undefined ? 'did not receive' : `answered ${answered ?? 'nothing'} to`;
    const attempt = lastClaim === undefined ? retryCount + 1 : attemptOf(lastClaim);
    return found(isRepeatable ? REACHES : TRUE, `is SUCCESS, and its target ${said} attempt ${attempt}`);
  }
  const ended = transitions.findLast(({ to }) => to === status);
  // The old version writes no status code, and leaves the one of an earlier attempt.
  const isKnown = statusCode !== null && (ended === undefined || !isByOldVersion(ended));
  return !isKnown || answered === statusCode
    ? []
    : found(TRUE, `has the status code ${statusCode}, and the target answered ${answered ?? 'nothing'}`);
}
