import { minus, plus, plusOnce, putExecution, putOutcome, putQueue, putWorker, wake } from './protocol.ts';
import type { Place, Protocol, Step } from './protocol.ts';
import type { Attempt, Execution, Id, State, Worker } from './state.ts';

/** The next step of an attempt, from its claim on. */
export function attemptSteps(
  state: State,
  place: Place,
  attempt: Attempt,
  protocol: Protocol,
): Pick<Step, 'what' | 'to' | 'breaks'>[] {
  const { id } = attempt;
  if (isUnderWay(attempt) && state.queue.cancels.includes(id)) {
    // `makeHearCancels`. It may also come later, because the steps below stay possible.
    const broken = { what: 'breaks the request off', to: move(state, place, attempt, 'failed') };
    return [broken, ...attemptStepsUntilCancelled(state, place, attempt, protocol)];
  }
  return attemptStepsUntilCancelled(state, place, attempt, protocol);
}

const isUnderWay = ({ at }: Attempt): boolean => at === 'claimed' || at === 'out' || at === 'out, lost';

function attemptStepsUntilCancelled(
  state: State,
  place: Place,
  attempt: Attempt,
  protocol: Protocol,
): Pick<Step, 'what' | 'to' | 'breaks'>[] {
  const { id } = attempt;
  const go = (from: State, at: Attempt['at']): State => move(from, place, attempt, at);
  const over = (outcome: QueueOutcome): State =>
    settle(move(state, place, attempt, undefined), place, id, outcome, protocol);
  const sent = { ...state.world, requests: state.world.requests + 1 };
  switch (attempt.at) {
    // `makeSendAttempt`.
    case 'claimed':
      return [
        { what: 'sends the request', to: go({ ...state, world: { ...sent, wasReached: true } }, 'out') },
        { what: 'sends the request, which is lost', to: go({ ...state, world: sent }, 'out, lost') },
      ];
    // `callTarget`, `decideOutcome`.
    case 'out':
      return [
        { what: 'is answered 2xx', to: go(state, 'succeeded') },
        { what: 'is answered otherwise, or not in time', to: go(state, 'failed') },
        ...(protocol.maxPutOffs > 0
          ? [{ what: 'is answered 429 with Retry-After', to: go(state, 'asked to wait') }]
          : []),
      ];
    case 'out, lost':
      return [
        { what: 'is not answered', to: go(state, 'failed') },
        // `callTarget`, over a connection that had served before. It counts as one request with the one that was lost.
        ...(protocol.type === 'AT_LEAST_ONCE'
          ? [
              {
                what: 'sends the request again over a new connection',
                to: go({ ...state, world: { ...state.world, wasReached: true } }, 'out'),
              },
            ]
          : []),
      ];
    // `recordOutcomes`.
    case 'succeeded':
    case 'failed':
    case 'asked to wait':
      return protocol.flaws.includes('the queue is settled before the outcome is recorded')
        ? settleFirst(state, place, attempt, protocol)
        : [record(state, place, attempt, protocol)];
    // `queue.settle` with the result of `toQueueOutcome`; after a retry `publishWakeUps`.
    case 'to complete':
      return [
        { what: `settles ${id} as completed`, to: over('completed'), breaks: tooSoon(state, 'SUCCESS') },
      ];
    case 'to fail':
      return [{ what: `settles ${id} as failed`, to: over('failed'), breaks: tooSoon(state, 'FAILED') }];
    case 'to retry':
      return [{ what: `settles ${id} as to be retried, and sends a wake-up`, to: wake(over('retry')) }];
  }
}

/** Undefined: the attempt is over. */
function move(state: State, place: Place, attempt: Attempt, at: Attempt['at'] | undefined): State {
  const worker = state.workers[place];
  const others = worker.attempts.toSpliced(worker.attempts.indexOf(attempt), 1);
  const attempts = at === undefined ? others : inOrder([...others, { ...attempt, at }]);
  return putWorker(state, place, { ...worker, attempts });
}

const inOrder = (attempts: readonly Attempt[]): readonly Attempt[] =>
  attempts.toSorted((a, b) => a.claim - b.claim || a.at.localeCompare(b.at));

const nextAt = { SUCCESS: 'to complete', FAILED: 'to fail', RETRYING: 'to retry' } as const;

/** RECORD_OUTCOMES, and how the worker handles the returned row, or a missing row. */
export function record(
  state: State,
  place: Place,
  attempt: Attempt,
  protocol: Protocol,
): Pick<Step, 'what' | 'to' | 'breaks'> {
  const { execution } = state.db;
  const isHolder = execution?.id === attempt.id && execution.claim === attempt.claim;
  const leavesRetries = protocol.flaws.includes('a cancellation leaves the retries');
  const needsNoToken = protocol.flaws.includes('an outcome is written without its token');
  if (execution?.id !== attempt.id || (!isHolder && !needsNoToken)) {
    const lost = move(state, place, attempt, undefined);
    const worker = lost.workers[place];
    const to = putWorker(lost, place, { ...worker, refused: plus(worker.refused, attempt.id) });
    return { what: `cannot record under token ${attempt.claim}`, to };
  }
  if (execution.isCancelled && attempt.at !== 'succeeded' && !leavesRetries) {
    // `toQueueOutcome`: the queue then receives the outcome of a lost claim.
    const cancelled = { ...execution, status: 'CANCELLED' as const, claim: undefined, isLeaseOver: false };
    const moved = move(putExecution(state, cancelled), place, attempt, undefined);
    const worker = moved.workers[place];
    return {
      what: `records CANCELLED under token ${attempt.claim}`,
      to: putWorker(moved, place, { ...worker, refused: plus(worker.refused, attempt.id) }),
      breaks: isHolder ? undefined : 'only the claimant writes an outcome',
    };
  }
  const spendsRetry = !isPutOff(attempt, execution, protocol);
  const written = afterOutcome(
    execution,
    spendsRetry ? statusOf(attempt, execution, protocol) : 'RETRYING',
    spendsRetry,
  );
  return {
    what: `records ${written.status} under token ${attempt.claim}`,
    to: move(putOutcome(state, written, protocol), place, attempt, nextAt[written.status]),
    breaks: isHolder ? undefined : 'only the claimant writes an outcome',
  };
}

type OutcomeStatus = 'SUCCESS' | 'FAILED' | 'RETRYING';

/** `decideOutcome`; the statement itself handles withdrawn executions. */
function statusOf(attempt: Attempt, { isWithdrawn }: Execution, protocol: Protocol): OutcomeStatus {
  if (attempt.at === 'succeeded') return 'SUCCESS';
  const { type, maxRetryCount } = protocol;
  const isLast = type === 'AT_MOST_ONCE' || attempt.retryCount >= maxRetryCount;
  return isLast || isWithdrawn ? 'FAILED' : 'RETRYING';
}

/**
 * `decideNextState`: whether the attempt ends without an outcome, and a later one follows that spends no retry. Decided from what
 * the claim has read, except that the statement itself handles withdrawn executions.
 */
function isPutOff(
  attempt: Attempt,
  { isWithdrawn }: Execution,
  { type, maxPutOffs, flaws }: Protocol,
): boolean {
  if (attempt.at !== 'asked to wait') return false;
  if (type === 'AT_MOST_ONCE' && !flaws.includes('AT_MOST_ONCE is put off after its request')) return false;
  if (isWithdrawn && !flaws.includes('a withdrawn execution is put off')) return false;
  return attempt.putOffCount < maxPutOffs || flaws.includes('an execution is put off without end');
}

function afterOutcome(
  execution: Execution,
  status: OutcomeStatus,
  spendsRetry: boolean,
): Execution & { status: OutcomeStatus } {
  const ended = { ...execution, status, claim: undefined, isLeaseOver: false };
  if (status !== 'RETRYING') return ended;
  const { retryCount, putOffCount } = execution;
  return {
    ...ended,
    retryCount: retryCount + (spendsRetry ? 1 : 0),
    putOffCount: putOffCount + (spendsRetry ? 0 : 1),
    isDue: false,
  };
}

type QueueOutcome = 'completed' | 'failed' | 'retry' | 'dropped';

/** settle.lua, for one id. */
export function settle(
  state: State,
  place: Place,
  id: Id,
  outcome: QueueOutcome,
  { flaws }: Protocol,
): State {
  const worker: Worker = state.workers[place];
  const isHeld = worker.processing.includes(id);
  const { known, waiting, counted } = state.queue;
  const released = putWorker(state, place, { ...worker, processing: minus(worker.processing, id) });
  switch (outcome) {
    case 'retry':
      return isHeld && known.includes(id) ? putQueue(released, { waiting: plusOnce(waiting, id) }) : released;
    case 'dropped':
      if (!isHeld || flaws.includes('a refused execution stays known')) return released;
      return putQueue(released, { known: minus(known, id) });
    case 'completed':
    case 'failed':
      return putQueue(released, { known: minus(known, id), counted: plusOnce(counted, id) });
  }
}

/** Executions that the queue counts as ended must have ended in PostgreSQL. */
function tooSoon({ db }: State, status: Execution['status']): string | undefined {
  return db.execution?.status === status ? undefined : 'the queue counts only what PostgreSQL has recorded';
}

/** The flaw: the outcome of the attempt goes to the queue first, and to PostgreSQL afterwards. */
function settleFirst(
  state: State,
  place: Place,
  attempt: Attempt,
  protocol: Protocol,
): Pick<Step, 'what' | 'to' | 'breaks'>[] {
  const outcome = attempt.at === 'succeeded' ? 'completed' : 'failed';
  return [
    {
      what: `settles ${attempt.id} as ${outcome}`,
      to: settle(state, place, attempt.id, outcome, protocol),
      breaks: tooSoon(state, attempt.at === 'succeeded' ? 'SUCCESS' : 'FAILED'),
    },
  ];
}
