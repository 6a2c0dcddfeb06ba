import { timings } from '../../../lib/topology.ts';
import type { AskedJob, Transition, Violation } from '../journal/types.ts';
import { at, isClaim, type Evidence } from './evidence.ts';

const FENCED = 'no outcome is written by a worker that has lost its claim';
const LIMITED = 'attempts never exceed the limit';
const FINAL = 'an ended execution never changes';
const LEASED = 'no claim is freed before its lease ends';
const AHEAD = 'no execution is claimed long before it is due';

/** Whether a tick made the transition. Only a tick may end a RUNNING execution for its worker, once the claim's lease is over. */
const isByTick = ({ environment }: Transition): boolean =>
  environment?.startsWith('belfry-scheduler-') === true;

/** Checks the log of transitions, one execution at a time. */
export function checkClaims(evidence: Evidence): Violation[] {
  const byExecution = Map.groupBy(evidence.journal.transitions, ({ executionId }) => executionId);
  return [...byExecution.values()].flatMap((transitions) => {
    const asked = evidence.askedById.get(transitions[0]?.jobId ?? NaN);
    const id = transitions[0]?.executionId ?? NaN;
    return asked === undefined ? [] : checkExecution(evidence.rulesOf(id, asked), transitions);
  });
}

function checkExecution(asked: AskedJob, transitions: readonly Transition[]): Violation[] {
  const violations: Violation[] = [];
  const found = (rule: string, transition: Transition, detail: string): void => {
    const { executionId, jobId, atMs, environment } = transition;
    const who = `execution ${executionId} of job ${asked.name} (${jobId})`;
    violations.push({
      rule,
      detail: `${who}: at ${at(atMs)} ${environment ?? 'an unnamed writer'} ${detail}`,
    });
  };
  // A target that asks for a pause gets one more request after it.
  const allowed = asked.maxRetryCount + 1 + (asked.behaviour.kind === 'pause' ? asked.behaviour.attempts : 0);
  let claim: Transition | undefined;
  let claims = 0;
  for (const transition of transitions) {
    const { from, to, dueMs, atMs } = transition;
    if (isClaim(transition)) {
      claims += 1;
      if (from === 'RUNNING')
        found(FENCED, transition, `claimed it while ${claim?.environment} held its claim`);
      if (claims > allowed) found(LIMITED, transition, `made claim ${claims}, and ${allowed} are allowed`);
      if (atMs < dueMs - timings.claimAheadMs - CLOCK_TOLERANCE_MS)
        found(
          AHEAD,
          transition,
          `claimed it ${Math.round(dueMs - atMs)} ms before it is due at ${at(dueMs)}`,
        );
      claim = transition;
    } else if (from === 'RUNNING' && to !== 'RUNNING') {
      const isFreed = isByTick(transition);
      const isOwner =
        claim !== undefined &&
        claim.toToken === transition.fromToken &&
        claim.environment === transition.environment;
      // The lease that the claim asked for. A frozen PostgreSQL delays the claim and shortens the lease; the grace covers that.
      const leasedMs = claim?.leaseExpiresMs ?? 0;
      if (isFreed && atMs < leasedMs - LEASE_TOLERANCE_MS)
        found(LEASED, transition, `freed it ${Math.round(leasedMs - atMs)} ms before its lease ended`);
      if (!isFreed && !isOwner)
        found(
          FENCED,
          transition,
          `wrote ${to}, and the claim belongs to ${claim?.environment ?? 'no environment'}`,
        );
    } else if (from === 'SUCCESS' || from === 'FAILED') {
      found(FINAL, transition, `changed it from ${from} to ${to}`);
    }
    if (transition.retryCount > asked.maxRetryCount)
      found(
        LIMITED,
        transition,
        `set its retry count to ${transition.retryCount}, and ${asked.maxRetryCount} are allowed`,
      );
  }
  return violations;
}

/** How far the clocks of two functions may differ: by the time of PostgreSQL's answer, which is quick or asked for again. */
const LEASE_TOLERANCE_MS = 250;
/** How far a function's clock may differ from PostgreSQL's. */
const CLOCK_TOLERANCE_MS = 5;
