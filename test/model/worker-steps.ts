import { attemptSteps, settle } from './attempt-steps.ts';
import { distinct, minus, plus, plusOnce, putExecution, putQueue, putWorker } from './protocol.ts';
import type { Place, Protocol, Step } from './protocol.ts';
import { offWorker, type Attempt, type Execution, type Id, type State, type Worker } from './state.ts';

/** The maximum number of ids that a worker holds. The queue has no more of one occurrence, unless it holds an id three times. */
const MOST_IN_HAND = 2;

const countInHand = ({ held, attempts, refused, found, dropping }: Worker): number =>
  held.length + attempts.length + refused.length + found.length + dropping.length;

/** Lists the next steps of a worker: `startRun`, whose activities take, claim, send and record at the same time. */
export function workerSteps(state: State, place: Place, protocol: Protocol): Step[] {
  const worker = state.workers[place];
  if (worker.life !== 'on') return [];
  const ids = distinct(worker.held);
  return [
    ...takes(state, place),
    ...ids.flatMap((id) => claims(state, place, id, protocol)),
    ...ids.flatMap((id) => repeatsClaim(state, place, id, protocol)),
    ...ids.map((id) => giveBack(state, place, id)),
    ...ids.flatMap((id) => snooze(state, place, id, protocol)),
    ...returnStrays(state, place),
    ...distinct(worker.refused).map((id) => lookUp(state, place, id, protocol)),
    ...distinct(worker.found).map((id) => tellEnd(state, place, id, protocol)),
    ...distinct(worker.dropping).map((id) => drop(state, place, id, protocol)),
    ...worker.attempts.flatMap((attempt) => attemptSteps(state, place, attempt, protocol)),
    ...end(state, place),
  ].map((step) => ({ by: 'progress', ...step, what: `worker ${place + 1} ${step.what}` }));
}

type Described = Omit<Step, 'by'> & { by?: Step['by'] };

/**
 * `queue.take` (take.lua). What it takes before it is due waits in real life; here it may be claimed at once, and is
 * refused. The payload (MGET) plays no part: without one the worker asks PostgreSQL, and claims in any case.
 */
function takes(state: State, place: Place): Described[] {
  const worker = state.workers[place];
  if (countInHand(worker) >= MOST_IN_HAND) return [];
  const { ready, waiting } = state.queue;
  const take = (what: string, from: State, id: Id): Described[] => {
    const taken: Worker = { ...worker, processing: plus(worker.processing, id), lease: 'valid' };
    const to = putWorker(from, place, { ...taken, held: plus(worker.held, id) });
    return [{ what, to }, ...unheard(state, what, putWorker(from, place, taken))];
  };
  return [
    ...distinct(ready).flatMap((id) =>
      take(`takes ${id} from ready`, putQueue(state, { ready: minus(ready, id) }), id),
    ),
    ...waiting.flatMap((id) =>
      take(`takes ${id} from the waiting`, putQueue(state, { waiting: minus(waiting, id) }), id),
    ),
  ];
}

/** `makeClaimTaken` (CLAIM_EXECUTIONS), for an id that is held once or twice: in one batch, or one after the other. */
function claims(state: State, place: Place, id: Id, protocol: Protocol): Described[] {
  const worker = state.workers[place];
  const copies = worker.held.filter((held) => held === id);
  const { execution, claims } = state.db;
  if (execution === undefined || !isClaimable(execution, id, protocol)) {
    // The copy with the token of an unanswered claim claims again: another copy alone is refused.
    const isUnheard = worker.unheard.some(({ claim }) => claim === execution?.claim);
    const refused = isUnheard ? copies.slice(1) : copies;
    if (refused.length === 0) return [];
    const held = refused.reduce(minus, worker.held);
    const to = putWorker(
      state,
      place,
      forget({ ...worker, held, refused: plus(worker.refused, ...refused) }),
    );
    const reason = execution?.id === id ? execution.status : 'no more';
    return [{ what: `is refused ${id}, which is ${reason}${execution?.isDue ? '' : ' and not due'}`, to }];
  }
  const claim = claims + 1;
  const claimed: Execution = { ...execution, status: 'RUNNING', claim, isLeaseOver: false, wasStarted: true };
  const granted: State = { ...state, db: { ...state.db, execution: claimed, claims: claim } };
  const attempt: Attempt = {
    id,
    claim,
    retryCount: execution.retryCount,
    putOffCount: execution.putOffCount,
    isClaimedLate:
      execution.isCancelled || (state.db.job === 'stopped' && !(state.db.isOwed && !execution.wasStarted)),
    at: 'claimed',
  };
  const what = `claims ${id} under token ${claim}`;
  return copies.flatMap((_, index) => {
    const held = copies.slice(0, index + 1).reduce(minus, worker.held);
    const isSentTwice =
      index > 0 && protocol.flaws.includes('an execution that was taken twice is sent twice');
    const attempts = [...worker.attempts, attempt, ...(isSentTwice ? [attempt] : [])];
    return [
      { what, to: putWorker(granted, place, forget({ ...worker, held, attempts })) },
      ...unheard(
        state,
        what,
        putWorker(granted, place, {
          ...worker,
          unheard: [...worker.unheard, { id, claim, isClaimedLate: attempt.isClaimedLate }],
        }),
      ),
    ];
  });
}

/** The same again, under the same token, since nothing was heard of the first time: what it granted is granted still. */
function repeatsClaim(state: State, place: Place, id: Id, { flaws }: Protocol): Described[] {
  const worker = state.workers[place];
  const { execution } = state.db;
  if (execution?.id !== id || execution.status !== 'RUNNING') return [];
  const repeatable = flaws.includes('a claim that was answered may be repeated')
    ? [...worker.unheard, ...worker.attempts]
    : worker.unheard;
  const first = repeatable.find(({ claim }) => claim === execution.claim);
  if (first === undefined) return [];
  const { claim, isClaimedLate } = first;
  const { retryCount, putOffCount } = execution;
  const attempts = [
    ...worker.attempts,
    { id, claim, retryCount, putOffCount, isClaimedLate, at: 'claimed' as const },
  ];
  const stillUnheard = worker.unheard.filter((other) => other.claim !== claim);
  const renewed = putExecution(state, { ...execution, isLeaseOver: false });
  const copies = worker.held.filter((held) => held === id);
  return copies.map((_, index) => {
    const held = copies.slice(0, index + 1).reduce(minus, worker.held);
    const to = putWorker(renewed, place, { ...worker, held, unheard: stillUnheard, attempts });
    return { what: `claims ${id} under token ${claim} once more`, to };
  });
}

function isClaimable(execution: Execution, id: Id, { flaws }: Protocol): boolean {
  if (execution.id !== id) return false;
  switch (execution.status) {
    case 'SCHEDULED':
    case 'RETRYING':
      return execution.isDue;
    case 'RUNNING':
      return flaws.includes('a running execution may be claimed');
    case 'CANCELLED':
      return flaws.includes('an execution that was taken back may be claimed');
    case 'SKIPPED':
      return flaws.includes('a skipped execution is queued and may be claimed');
    case 'SUCCESS':
    case 'FAILED':
      return false;
  }
}

/** The claim took effect, but the worker does not know. It tries again, or its run ends. */
function unheard(state: State, what: string, to: State): Described[] {
  const { faults } = state.world;
  if (!faults.includes('kill')) return [];
  const world = { ...state.world, faults: faults.filter((fault) => fault !== 'kill') };
  return [{ what: `${what}, and does not learn it`, by: 'fault', to: { ...to, world } }];
}

/** Its tokens go with what it holds. */
const forget = (worker: Worker): Worker => ({
  ...worker,
  unheard: worker.unheard.filter(({ id }) => worker.held.includes(id)),
});

const letGo = (worker: Worker, id: Id): Worker =>
  forget({ ...worker, held: minus(worker.held, id), processing: minus(worker.processing, id) });

/** `queue.release` (release.lua). */
function giveBack(state: State, place: Place, id: Id): Described {
  const worker = state.workers[place];
  const released = letGo(worker, id);
  const { known, ready, waiting } = state.queue;
  const isLater = state.db.execution?.id === id && !state.db.execution.isDue;
  const back = isLater ? { waiting: plusOnce(waiting, id) } : { ready: plus(ready, id) };
  const isBack = worker.processing.includes(id) && known.includes(id);
  return { what: `gives ${id} back`, to: putWorker(isBack ? putQueue(state, back) : state, place, released) };
}

/**
 * `queue.release` (release.lua) with a later due instant, for a due execution whose host has no room. When that has come, it
 * is taken from the waiting executions.
 */
function snooze(state: State, place: Place, id: Id, { flaws }: Protocol): Described[] {
  const worker = state.workers[place];
  const isLater = state.db.execution?.id === id && !state.db.execution.isDue;
  const isBack = worker.processing.includes(id) && state.queue.known.includes(id);
  if (isLater || !isBack) return [];
  const snoozed = letGo(worker, id);
  const isLost = flaws.includes('a snoozed execution waits nowhere');
  const waiting = isLost ? state.queue.waiting : plusOnce(state.queue.waiting, id);
  return [{ what: `snoozes ${id}`, to: putWorker(putQueue(state, { waiting }), place, snoozed) }];
}

/**
 * `makeStrays` (`queue.listInHand`, release.lua): ids in its list that it does not hold, since it never heard of their take.
 * Executions that were settled in between are no longer known, and go nowhere.
 */
function returnStrays(state: State, place: Place): Described[] {
  const worker = state.workers[place];
  const { held, attempts, refused, found, dropping } = worker;
  const inHand = [...held, ...attempts.map(({ id }) => id), ...refused, ...found, ...dropping];
  const strays = worker.processing.filter((id) => !inHand.includes(id));

  if (strays.length === 0) return [];
  const { known, ready, waiting } = state.queue;
  const isLater = (id: Id): boolean => state.db.execution?.id === id && !state.db.execution.isDue;
  const back = strays.filter((id) => known.includes(id));
  const to = putQueue(state, {
    ready: plus(ready, ...back.filter((id) => !isLater(id))),
    waiting: back.filter(isLater).reduce(plusOnce, waiting),
  });
  const processing = strays.reduce(minus, worker.processing);
  return [
    { what: `returns strays ${strays.join(' and ')}`, to: putWorker(to, place, { ...worker, processing }) },
  ];
}

/**
 * `makeSettleRefused`: `findEnded`, whose answer the queue is then told; and `findToCome`, whose executions go back for their
 * instants (release.lua).
 */
function lookUp(state: State, place: Place, id: Id, { flaws }: Protocol): Described {
  const worker = state.workers[place];
  const { execution } = state.db;
  const isOpen = execution?.status === 'SCHEDULED' || execution?.status === 'RETRYING';
  if (execution?.id === id && isOpen && !execution.isDue) {
    const { known, waiting } = state.queue;
    const isBack = worker.processing.includes(id) && known.includes(id);
    const released = {
      ...worker,
      refused: minus(worker.refused, id),
      processing: minus(worker.processing, id),
    };
    const to = isBack ? putQueue(state, { waiting: plusOnce(waiting, id) }) : state;
    return { what: `finds that ${id} is not due yet, and gives it back`, to: putWorker(to, place, released) };
  }
  const isOver = execution?.status === 'SUCCESS' || execution?.status === 'FAILED';
  const isFound =
    execution?.id === id && isOver && !flaws.includes('an end that is found is not reported to the queue');
  const refused = minus(worker.refused, id);
  const next = isFound ? { found: plus(worker.found, id) } : { dropping: plus(worker.dropping, id) };
  const what = isFound ? `finds that ${id} has ended` : `finds that ${id} has not ended`;
  return { what, to: putWorker(state, place, { ...worker, refused, ...next }) };
}

/** `queue.settle` with the outcome that PostgreSQL has. */
function tellEnd(state: State, place: Place, id: Id, protocol: Protocol): Described {
  const worker = state.workers[place];
  const told = putWorker(state, place, { ...worker, found: minus(worker.found, id) });
  return { what: `tells the queue that ${id} has ended`, to: settle(told, place, id, 'completed', protocol) };
}

/** `queue.settle` with the outcome `dropped`. */
function drop(state: State, place: Place, id: Id, protocol: Protocol): Described {
  const worker = state.workers[place];
  const dropped = putWorker(state, place, { ...worker, dropping: minus(worker.dropping, id) });
  return { what: `drops ${id}`, to: settle(dropped, place, id, 'dropped', protocol) };
}

/** `queue.retire` (hand-back.lua), once nothing is in hand. */
function end(state: State, place: Place): Described[] {
  const { processing } = state.workers[place];
  if (countInHand(state.workers[place]) > 0) return [];
  const retired = putQueue(state, { ready: plus(state.queue.ready, ...processing) });
  return [{ what: 'ends', to: putWorker(retired, place, offWorker) }];
}
