import type { Violation } from '../journal/types.ts';
import { at, type Evidence } from './evidence.ts';

const RULE =
  'no request leaves as its job was before a change, except for an execution that was claimed before';

/** Checks that a claim with the revision of a changed job sends the request of that revision or a later one. */
export function checkChanges(evidence: Evidence): Violation[] {
  return evidence.known.flatMap(({ asked, executions }) => {
    const { stop, pauseAfterFailures } = asked;
    if (stop?.kind !== 'change' || stop.ackMs === undefined) return [];
    const { ackMs } = stop;
    // A pause by its own rule is a revision of the job, too. So a later revision says nothing about the change.
    const mayBeUnchanged =
      pauseAfterFailures === undefined ? (revision: number) => revision === 1 : () => true;
    return executions
      .flatMap(({ id }) => evidence.requestsOf(id))
      .flatMap((request) => {
        const claim = evidence.claimOf(request);
        if (claim === undefined || request.revision > 1 || request.isReport) return [];
        if (mayBeUnchanged(claim.jobRevision) && claim.atMs <= ackMs) return [];
        const detail =
          `attempt ${request.attempt} of execution ${request.executionId} of job number ${request.job} came at ` +
          `${at(request.arrivedMs)} without the change of its job, which was acknowledged at ${at(ackMs)}; ` +
          `it was claimed at ${at(claim.atMs)}, with revision ${claim.jobRevision}`;
        return [{ rule: RULE, detail }];
      });
  });
}
