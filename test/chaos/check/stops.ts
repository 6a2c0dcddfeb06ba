import type { Violation } from '../journal/types.ts';
import { at, isClaim, isOccurrence, type Evidence } from './evidence.ts';

const RULE =
  'no request leaves after its job was paused, changed or deleted, except for an execution that was due before';

/** How far the API's clock and the harness's may differ. */
const CLOCK_TOLERANCE_MS = 250;

/**
 * Checks that no claim was made after a stop was acknowledged, except for the first claim of an execution that was due by then.
 * The check reads claims, not requests: an execution that was claimed before the stop may leave after it. A claim comes at most
 * 50 ms before the execution is due (`claimAheadMs`, which the rules about claims check). A claim and a stop of one execution
 * wait for each other at its row, so the log cannot show an earlier claim after the acknowledgement.
 */
export function checkStops(evidence: Evidence): Violation[] {
  return evidence.known.flatMap(({ asked, stored, executions }) => {
    const { stop } = asked;
    if (stop?.ackMs === undefined) return [];
    const ackMs = stop.ackMs;
    if (stop.kind === 'change') {
      // A pause by its own rule is a revision of the job, too. So a later revision says nothing about the change.
      const mayBeUnchanged =
        asked.pauseAfterFailures === undefined ? (revision: number) => revision === 1 : () => true;
      return executions.flatMap(({ id }) => checkChange(id, { ackMs, mayBeUnchanged }, evidence));
    }
    // A paused job may be run by hand, and such a run is retried.
    return executions
      .filter((execution) => stop.kind === 'delete' || isOccurrence(execution))
      .flatMap(({ id, executionMs }) => {
        const claims = evidence.transitionsOf(id).filter(isClaim);
        return executionMs <= ackMs + CLOCK_TOLERANCE_MS ? claims.slice(1) : claims;
      })
      .filter((transition) => transition.atMs > ackMs)
      .map(({ executionId, atMs, environment }) => ({
        rule: RULE,
        detail:
          `execution ${executionId} of job ${asked.name} (${stored.id}) was claimed at ${at(atMs)} by ` +
          `${environment}, and the ${stop.kind} was acknowledged at ${at(ackMs)}`,
      }));
  });
}

/**
 * Checks changes: a claim has the revision of the job, and its request is of that revision or a later one.
 *
 * @param change.mayBeUnchanged whether a job of this revision may not be changed yet.
 */
function checkChange(
  executionId: number,
  { ackMs, mayBeUnchanged }: { ackMs: number; mayBeUnchanged: (revision: number) => boolean },
  evidence: Evidence,
): Violation[] {
  return evidence.requestsOf(executionId).flatMap((request) => {
    const claim = evidence.claimOf(request);
    if (claim === undefined || request.revision > 1 || request.isReport) return [];
    if (mayBeUnchanged(claim.jobRevision) && claim.atMs <= ackMs) return [];
    return [
      {
        rule: RULE,
        detail:
          `attempt ${request.attempt} of execution ${executionId} of job number ${request.job} came at ` +
          `${at(request.arrivedMs)} without the change of its job, which was acknowledged at ${at(ackMs)}; ` +
          `it was claimed at ${at(claim.atMs)}, with revision ${claim.jobRevision}`,
      },
    ];
  });
}
