import { timings } from '../../../lib/topology.ts';
import type { AskedJob, Transition, Violation } from '../journal/types.ts';
import { at, isClaim, type Evidence } from './evidence.ts';

const FENCED = 'no outcome is written by a worker that has lost its claim';
const LIMITED = 'attempts never exceed the limit';
const FINAL = 'what has ended is not touched again';
const LEASED = 'no lease ends before its time';
const AHEAD = 'nothing is claimed long before it is due';

/** Only a tick ends what runs in place of its worker: when the lease of a claim is over. */
const isByTick = ({ environment }: Transition): boolean =>
  environment?.startsWith('belfry-scheduler-') === true;

/** The log of transitions, an execution at a time. */
export function checkClaims(evidence: Evidence): Violation[] {
  const byExecution = Map.groupBy(evidence.journal.transitions, ({ executionId }) => executionId);
  return [...byExecution.values()].flatMap((transitions) => {
    const asked = evidence.askedById.get(transitions[0]?.jobId ?? NaN);
    return asked === undefined ? [] : checkExecution(asked, transitions);
  });
}

function checkExecution(asked: AskedJob, transitions: readonly Transition[]): Violation[] {
  const violations: Violation[] = [];
  const found = (rule: string, transition: Transition, detail: string): void => {
    const { executionId, jobId, atMs, environment } = transition;
    const who = `execution ${executionId} of job ${asked.name} (${jobId})`;
    violations.push({ rule, detail: `${who}: at ${at(atMs)} ${environment ?? 'somebody'} ${detail}` });
  };
  let claim: Transition | undefined;
  let claims = 0;
  for (const transition of transitions) {
    const { from, to, dueMs, atMs } = transition;
    if (isClaim(transition)) {
      claims += 1;
      if (from === 'RUNNING')
        found(FENCED, transition, `claimed it while ${claim?.environment} held its claim`);
      if (claims > asked.maxRetryCount + 1)
        found(LIMITED, transition, `claimed it for the ${claims}th time, of ${asked.maxRetryCount + 1}`);
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
      // As it was asked for: a claim that a frozen PostgreSQL makes late has the less of it, which the grace is for.
      const leasedMs = claim?.leaseExpiresMs ?? 0;
      if (isFreed && atMs < leasedMs - LEASE_TOLERANCE_MS)
        found(LEASED, transition, `freed it ${Math.round(leasedMs - atMs)} ms before its lease ended`);
      if (!isFreed && !isOwner)
        found(FENCED, transition, `wrote ${to}, and the claim is ${claim?.environment ?? 'nobody'}'s`);
    } else if (from === 'SUCCESS' || from === 'FAILED') {
      found(FINAL, transition, `made it ${to}, and it was ${from}`);
    }
    if (transition.retryCount > asked.maxRetryCount)
      found(LIMITED, transition, `made it retry ${transition.retryCount}, of ${asked.maxRetryCount}`);
  }
  return violations;
}

/** How far two functions' clocks may be from each other: as far as PostgreSQL's answer took, which is quick or asked again. */
const LEASE_TOLERANCE_MS = 250;
/** How far a function's clock may be from PostgreSQL's. */
const CLOCK_TOLERANCE_MS = 5;
