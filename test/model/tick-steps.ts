import {
  minus,
  plus,
  plusOnce,
  places,
  putExecution,
  putOutcome,
  putQueue,
  putTick,
  putWorker,
  wake,
} from './protocol.ts';
import type { Place, Protocol, Step } from './protocol.ts';
import { idle, type Execution, type Id, type State, type Tick } from './state.ts';

/**
 * What a tick does next: `makeRunTick`, which is `makeDispatch` and then `makeReconcile`. Its parts come in any order here,
 * and any number of times. A real tick does less, so a fault that cannot happen in the model cannot happen in a tick. It
 * also saves the many states in which a tick waits between two parts without work.
 *
 * A wake-up is sent in one step with its execution, because a tick that dies between the two is the same as a tick whose
 * wake-up is lost.
 */
export function tickSteps(state: State, place: Place, protocol: Protocol): Step[] {
  const tick = state.ticks[place];
  const step = (what: string, to: State, next: Tick): Step => ({
    what: `tick ${place + 1} ${what}`,
    by: 'progress',
    to: putTick(to, place, next),
  });
  switch (tick.at) {
    case 'idle': {
      const dispatched = dispatch(state, protocol);
      const freed = free(state, protocol);
      const reclaimed = reclaim(state, protocol);
      const status = freed.db.execution?.status;
      return [
        ...(state.db.hasSchedule ? [step(dispatched.what, dispatched.to, dispatched.next)] : []),
        ...skipSteps(state, protocol).map(({ what, to, next }) => step(what, to, next)),
        ...(freed === state ? [] : [step(`frees the claim: ${status}`, freed, idle)]),
        ...(state.db.isUncounted
          ? [step('has the queue count the failure', countFailure(state), { at: 'forget' })]
          : []),
        ...(reclaimed === state ? [] : [step('hands back what a vanished worker held', reclaimed, idle)]),
        ...list(state, protocol).map((id) => step(`finds ${id} waiting`, state, { at: 'find absent', id })),
        ...(isOverdue(state, protocol)
          ? [step('wakes a worker for overdue executions', wake(state), idle)]
          : []),
      ];
    }
    // `queue.enqueue` (enqueue.lua), `publishWakeUps`.
    case 'enqueue':
      return [step(`queues ${tick.id} and sends a wake-up`, wake(enqueue(state, tick.id, false)), idle)];
    // `queue.findAbsent` (find-absent.lua).
    case 'find absent':
      return state.queue.known.includes(tick.id)
        ? [step(`sees that the queue knows ${tick.id}`, state, idle)]
        : [step(`sees that the queue does not know ${tick.id}`, state, { at: 'find request', id: tick.id })];
    // `findExecutionRequests` (FIND_EXECUTION_REQUESTS), which returns what is RUNNING too.
    case 'find request': {
      const { execution } = state.db;
      const isOpen = execution?.status === 'RUNNING' || waitingIn(state) !== undefined;
      return isOpen && execution?.id === tick.id
        ? [
            step(`reads the request of ${tick.id}`, state, {
              at: 'requeue',
              id: tick.id,
              isDue: execution.isDue,
            }),
          ]
        : [step(`sees that ${tick.id} is open no more`, state, idle)];
    }
    // `deleteUncountedFailures`.
    case 'forget':
      return [
        step('deletes the note of the failure', { ...state, db: { ...state.db, isUncounted: false } }, idle),
      ];
    // `queue.enqueue` once more, and `publishWakeUps` for executions due later: due ones count as overdue.
    case 'requeue': {
      const queued = enqueue(state, tick.id, tick.isDue);
      return [step(`queues ${tick.id} again`, tick.isDue ? queued : wake(queued), idle)];
    }
  }
}

/** `lockDueSchedules` … `deleteSchedules` (or `advanceSchedules`): one transaction, around INSERT_EXECUTIONS. */
export function dispatch(state: State, protocol: Protocol): { what: string; to: State; next: Tick } {
  const { execution: earlier } = state.db;
  const advanced = { ...state, db: { ...state.db, hasSchedule: false } };
  const isKept =
    earlier?.isCancelled === true && !protocol.flaws.includes('a cancelled occurrence is dispatched again');
  if (earlier !== undefined && (earlier.status !== 'CANCELLED' || earlier.wasStarted || isKept)) {
    return { what: 'finds the occurrence dispatched', to: advanced, next: idle };
  }
  const id = (earlier?.id ?? 0) + 1;
  const execution: Execution = {
    id,
    status: 'SCHEDULED',
    retryCount: 0,
    putOffCount: 0,
    isDue: state.world.hasCome,
    claim: undefined,
    isLeaseOver: false,
    isWithdrawn: false,
    // Only a flaw dispatches an occurrence that was cancelled.
    isCancelled: earlier?.isCancelled ?? false,
    wasStarted: false,
  };
  return {
    what: `writes execution ${id}`,
    to: putExecution(advanced, execution),
    next: { at: 'enqueue', id },
  };
}

/** The same transaction with INSERT_SKIPPED, when the schedule is far behind. A later occurrence is then dispatched. */
export function skipSteps(state: State, protocol: Protocol): { what: string; to: State; next: Tick }[] {
  if (!protocol.maySkip || !state.db.hasSchedule || !state.world.hasCome) return [];
  const { to, next } = dispatch(state, protocol);
  const { execution } = to.db;
  // Otherwise the occurrence has an execution, and the records are about the occurrences around it.
  if (next.at !== 'enqueue' || execution === undefined) return [];
  const isQueued = protocol.flaws.includes('a skipped execution is queued and may be claimed');
  const skipped = putExecution(to, { ...execution, status: 'SKIPPED' });
  const recorded = { ...skipped, db: { ...skipped.db, wasSkipped: true } };
  return [{ what: `skips the occurrence as ${execution.id}`, to: recorded, next: isQueued ? next : idle }];
}

function enqueue(state: State, id: Id, wasDue: boolean): State {
  const { known, ready, waiting } = state.queue;
  if (known.includes(id)) return state;
  const isDue = wasDue || (state.db.execution?.id === id && state.db.execution.isDue);
  const place = isDue ? { ready: plus(ready, id) } : { waiting: plusOnce(waiting, id) };
  return putQueue(state, { known: plus(known, id), ...place });
}

/** `freeExpiredClaims` (FREE_EXPIRED_CLAIMS). */
function free(state: State, protocol: Protocol): State {
  const { type, maxRetryCount, flaws } = protocol;
  const { execution } = state.db;
  if (execution?.status !== 'RUNNING' || !execution.isLeaseOver) return state;
  if (flaws.includes('an expired claim is not freed')) return state;
  const isWithdrawn =
    execution.isWithdrawn && !flaws.includes('a withdrawn execution runs again after its lease');
  const mayRunAgain =
    type === 'AT_LEAST_ONCE'
      ? execution.retryCount < maxRetryCount
      : flaws.includes('AT_MOST_ONCE runs again after its lease');
  const isRetry = mayRunAgain && !isWithdrawn;
  const end = execution.isCancelled ? 'CANCELLED' : 'FAILED';
  const noted = !isRetry && end === 'FAILED' ? { ...state, db: { ...state.db, isUncounted: true } } : state;
  const freed: Execution = {
    ...execution,
    status: isRetry ? 'RETRYING' : end,
    retryCount: execution.retryCount + (isRetry ? 1 : 0),
    isDue: true,
    claim: undefined,
    isLeaseOver: false,
  };
  return putOutcome(noted, freed, protocol);
}

/** `queue.settle` (settle.lua), for no worker. */
function countFailure(state: State): State {
  const { execution } = state.db;
  if (execution === undefined) throw new Error('a failure that is noted has an execution');
  const { known, counted } = state.queue;
  return putQueue(state, { known: minus(known, execution.id), counted: plusOnce(counted, execution.id) });
}

/** `queue.reclaim` (hand-back.lua, for each worker whose lease is over). */
function reclaim(state: State, { flaws }: Protocol): State {
  if (flaws.includes('executions of a dead worker are not released')) return state;
  return places.reduce((from, place) => {
    const worker = from.workers[place];
    if (worker.lease !== 'over') return from;
    const back = putQueue(from, { ready: plus(from.queue.ready, ...worker.processing) });
    return putWorker(back, place, { ...worker, processing: [], lease: 'none' });
  }, state);
}

/** `listWaitingExecutions` (LIST_WAITING_EXECUTIONS). */
function list(state: State, { flaws }: Protocol): Id[] {
  const waiting = waitingIn(state);
  return waiting === undefined || flaws.includes('a lost payload is not queued again') ? [] : [waiting.id];
}

function waitingIn({ db }: State): Execution | undefined {
  const status = db.execution?.status;
  return status === 'SCHEDULED' || status === 'RETRYING' ? db.execution : undefined;
}

/** `queue.overdue`. The instant of an execution that no longer waits comes too. With a wake-up under way another changes nothing. */
function isOverdue(state: State, { flaws }: Protocol): boolean {
  const { ready, waiting, wakeUp } = state.queue;
  if (wakeUp || flaws.includes('an overdue execution wakes no worker')) return false;
  const execution = waitingIn(state);
  const isLater = (id: Id): boolean => execution?.id === id && !execution.isDue;
  return ready.length > 0 || waiting.some((id) => !isLater(id));
}
