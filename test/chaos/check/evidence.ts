import { callbackRequest } from '../../../lib/domain/callback.ts';
import {
  type AskedJob,
  type Journal,
  OLD_WORKER,
  type ReceivedRequest,
  type StoredExecution,
  type Transition,
} from '../journal/types.ts';
import { knownJobs, type KnownJob } from '../journal/known-jobs.ts';

type RequestRules = Pick<AskedJob, 'type' | 'timeoutMs' | 'maxAgeSeconds'>;

/** A journal with the indexes that the rules use. */
export type Evidence = {
  journal: Journal;
  /** Jobs that PostgreSQL has, acknowledged or not, each with the request that created it. */
  known: readonly KnownJob[];
  askedByNumber: ReadonlyMap<number, AskedJob>;
  /** What an execution of the job has to keep to. A report has rules of its own, and follows none of its job. */
  rulesOf: (executionId: number, asked: AskedJob) => RequestRules;
  transitionsOf: (executionId: number) => readonly Transition[];
  requestsOf: (executionId: number) => readonly ReceivedRequest[];
  /**
   * The claim under which an attempt was made: the last one before its arrival with its number. Only workers of the old version
   * give a number that another claim has given.
   */
  claimOf: (request: ReceivedRequest) => Transition | undefined;
  /** The last time that PostgreSQL granted this claim before the request arrived. */
  grantOf: (request: ReceivedRequest) => Transition | undefined;
};

export function makeEvidence(journal: Journal): Evidence {
  const transitions = Map.groupBy(journal.transitions, ({ executionId }) => executionId);
  const requests = Map.groupBy(journal.requests, ({ executionId }) => executionId);
  const reports = new Set(journal.executions.filter(isReport).map(({ id }) => id));
  const transitionsOf = (id: number): readonly Transition[] => transitions.get(id) ?? [];
  const claimOf = ({ executionId, attempt, arrivedMs }: ReceivedRequest): Transition | undefined => {
    const claims = transitionsOf(executionId).filter(
      (transition) => isClaim(transition) && attemptOf(transition) === attempt,
    );
    return claims.findLast(({ atMs }) => atMs <= arrivedMs + ROUNDING_MS) ?? claims[0];
  };
  return {
    journal,
    known: knownJobs(journal),
    askedByNumber: new Map(journal.jobs.map((asked) => [asked.number, asked])),
    rulesOf: (executionId, asked) => (reports.has(executionId) ? reportRules : asked),
    transitionsOf,
    requestsOf: (id) => requests.get(id) ?? [],
    claimOf,
    grantOf: (request) => {
      const token = claimOf(request)?.toToken;
      return transitionsOf(request.executionId).findLast(
        ({ toToken, atMs, leaseExpiresMs }, place, all) =>
          toToken === token && atMs <= request.arrivedMs && leaseExpiresMs !== all[place - 1]?.leaseExpiresMs,
      );
    },
  };
}

/** The target and PostgreSQL use one clock; the target truncates its instants to whole milliseconds. */
export const ROUNDING_MS = 1;

/** Whether a worker of the old version made the transition. */
export const isByOldVersion = ({ environment }: Transition): boolean =>
  environment?.startsWith(OLD_WORKER) === true;

/**
 * The number that the request of a claim carries. The old version does not know executions that a target has put off, so it
 * counts retries only: after a put-off it repeats a number.
 */
export const attemptOf = (claim: Transition): number =>
  claim.retryCount + (isByOldVersion(claim) ? 0 : claim.putOffCount) + 1;

/** Whether an environment claimed the execution. Other writers may change a RUNNING execution: a change of its job does. */
export function isClaim({ toToken, fromToken }: Transition): boolean {
  return toToken !== null && toToken !== fromToken;
}

export const at = (ms: number): string => new Date(ms).toISOString();

const isReport = ({ trigger }: StoredExecution): boolean => trigger === 'CALLBACK';

const reportRules: RequestRules = { ...callbackRequest, maxAgeSeconds: undefined };
