import { timings } from '../../../lib/topology.ts';
import type { ReceivedRequest, Violation } from '../journal/types.ts';
import { at, attemptOf, type Evidence, isByOldVersion, isClaim, ROUNDING_MS } from './evidence.ts';

const ONCE = 'no AT_MOST_ONCE execution is sent twice';
const CLAIMED = 'each request belongs to a claim, and is repeated at most once';
const WHOLE = 'a complete request carries the whole body of its job';
/** The most bytes around the filling of a body: the job's number, names and brackets. */
const AROUND_BYTES = 40;
const IN_TIME = 'no request leaves before it is due';
const IN_AGE = 'no request leaves later than the age of its job allows';
/** A request arrives later than it has left, for example when its worker is frozen in between. */
const UNDER_WAY_MS = 10_000;
const IN_LEASE = 'no request leaves after the lease of its claim';

/** Compares the requests that targets received with the claims in PostgreSQL. */
export function checkRequests(evidence: Evidence): Violation[] {
  const { requests } = evidence.journal;
  return [
    ...checkAtMostOnce(evidence),
    ...[...Map.groupBy(requests, (request) => keyOf(request, evidence)).values()]
      .filter((same) => same.length > 1 && !isRepetition(same, evidence))
      .map((same) => ({
        rule: CLAIMED,
        detail: `${describe(same[0])} came ${same.length} times: ${arrivals(same)}; claims: ${claimsOf(same[0], evidence)}`,
      })),
    ...requests.flatMap((request) => checkClaim(request, evidence)),
    ...requests.flatMap((request) => checkBody(request, evidence)),
  ];
}

/** Requests of one claim have the same key. */
function keyOf(request: ReceivedRequest, evidence: Evidence): string {
  const { executionId, attempt } = request;
  return `${executionId}/${attempt}/${evidence.claimOf(request)?.seq ?? 'none'}`;
}

/** Describes all claims of an execution. */
function claimsOf(request: ReceivedRequest | undefined, evidence: Evidence): string {
  if (request === undefined) return 'none';
  const claims = evidence.transitionsOf(request.executionId).filter(isClaim);
  return claims
    .map((claim) => `${claim.environment} at ${at(claim.atMs)} for attempt ${attemptOf(claim)}`)
    .join(', ');
}

/** Whether the second request is allowed: AT_LEAST_ONCE is sent again when its target closes a reused connection unanswered. */
function isRepetition([first, ...others]: readonly ReceivedRequest[], { askedByNumber }: Evidence): boolean {
  if (first === undefined || others.length !== 1) return false;
  const isRepeatable = first.isReport || askedByNumber.get(first.job)?.type === 'AT_LEAST_ONCE';
  return first.answered === undefined && isRepeatable;
}

function checkBody(request: ReceivedRequest, { askedByNumber }: Evidence): Violation[] {
  const { bodyBytes } = request;
  const asked = askedByNumber.get(request.job);
  if (bodyBytes === undefined || asked === undefined || request.isReport) return [];
  const tooMuch = bodyBytes - asked.bodyLength;
  if (tooMuch > 0 && tooMuch <= AROUND_BYTES) return [];
  return [{ rule: WHOLE, detail: `${describe(request)} carried ${bodyBytes} bytes for ${asked.bodyLength}` }];
}

/** Groups by job and time: an occurrence that was dispatched again has another execution id. */
function checkAtMostOnce({ askedByNumber, journal }: Evidence): Violation[] {
  const once = journal.requests.filter(
    ({ job, isReport }) => !isReport && askedByNumber.get(job)?.type === 'AT_MOST_ONCE',
  );
  return [...Map.groupBy(once, ({ job, scheduledMs }) => `${job}/${scheduledMs}`).values()]
    .filter((same) => same.length > 1)
    .map((same) => ({ rule: ONCE, detail: `${describe(same[0])} was sent at ${arrivals(same)}` }));
}

function checkClaim(request: ReceivedRequest, evidence: Evidence): Violation[] {
  const { arrivedMs } = request;
  const claim = evidence.claimOf(request);
  const askedJob = evidence.askedByNumber.get(request.job);
  const asked = askedJob && evidence.rulesOf(request.executionId, askedJob);
  if (claim === undefined || asked === undefined)
    return [{ rule: CLAIMED, detail: `${describe(request)} came at ${at(arrivedMs)}, without a claim` }];
  // A worker that got no answer to its claim repeats it under the same token, which renews the lease.
  const granted = evidence.grantOf(request) ?? claim;
  const leaseMs = asked.timeoutMs + timings.leaseGraceMs + timings.claimAheadMs;
  // To the old version, an execution that was put off and not retried is due at its execution time: it does not wait after a claim.
  const earlyMs = isByOldVersion(claim) && claim.putOffCount > 0 ? timings.claimAheadMs : 0;
  const found = (isBroken: boolean, rule: string, detail: string): Violation[] =>
    isBroken ? [{ rule, detail: `${describe(request)} came at ${at(arrivedMs)}, ${detail}` }] : [];
  return [
    ...found(
      arrivedMs + ROUNDING_MS < claim.atMs,
      CLAIMED,
      `before it was claimed at ${at(claim.atMs)} by ${claim.environment}`,
    ),
    ...found(
      // A run by hand has microseconds, which its request does not show.
      request.scheduledMs !== Math.trunc(claim.executionMs),
      CLAIMED,
      `for ${at(request.scheduledMs)}, and its execution time is ${at(claim.executionMs)}`,
    ),
    ...found(
      arrivedMs + ROUNDING_MS < claim.dueMs - earlyMs,
      IN_TIME,
      `${Math.round(claim.dueMs - arrivedMs)} ms before it was due at ${at(claim.dueMs)}, from ${claim.environment}`,
    ),
    ...found(
      // The old version does not know the age of an execution.
      !isByOldVersion(claim) &&
        arrivedMs > claim.executionMs + (asked.maxAgeSeconds ?? Infinity) * 1_000 + UNDER_WAY_MS,
      IN_AGE,
      `more than ${asked.maxAgeSeconds} s after its execution time ${at(claim.executionMs)}`,
    ),
    ...found(
      arrivedMs > granted.atMs + leaseMs,
      IN_LEASE,
      `${Math.round(arrivedMs - granted.atMs)} ms after its claim by ${claim.environment}; the lease is ${leaseMs} ms long`,
    ),
  ];
}

function describe(request: ReceivedRequest | undefined): string {
  return `attempt ${request?.attempt} of execution ${request?.executionId} of job number ${request?.job}`;
}

function arrivals(same: readonly ReceivedRequest[]): string {
  return same.map(({ arrivedMs }) => at(arrivedMs)).join(' and ');
}
