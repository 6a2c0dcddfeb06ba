import { minus, plusOnce, places, putExecution, putQueue, putWorker } from './protocol.ts';
import type { Protocol, Step } from './protocol.ts';
import { idle, offWorker, type Execution, type State } from './state.ts';
import { dispatch, skipSteps } from './tick-steps.ts';

const progress = (what: string, to: State): Step => ({ what, by: 'progress', to });
const owner = (what: string, to: State): Step => ({ what, by: 'owner', to });
const fault = (what: string, to: State): Step => ({ what, by: 'fault', to });

/** Instants that come and leases that end, in any order. */
export function timeSteps(state: State): Step[] {
  const { execution } = state.db;
  const steps: Step[] = [];
  if (!state.world.hasCome) {
    const come = { ...state, world: { ...state.world, hasCome: true } };
    const isFirst = execution?.status === 'SCHEDULED';
    steps.push(
      progress('the instant comes', isFirst ? putExecution(come, { ...execution, isDue: true }) : come),
    );
  }
  if (execution?.status === 'RETRYING' && !execution.isDue) {
    steps.push(progress('the backoff ends', putExecution(state, { ...execution, isDue: true })));
  }
  if (execution?.status === 'RUNNING' && !execution.isLeaseOver) {
    const holders = state.workers.flatMap(({ attempts }) =>
      attempts.filter(({ claim }) => claim === execution.claim),
    );
    // A lease outlives its request: while that is out, the lease ends only where the worker stalls. An outcome may wait
    // to be recorded for longer, while PostgreSQL is away.
    const isUnderWay = holders.some(({ at }) => at === 'claimed' || at === 'out' || at === 'out, lost');
    const end = putExecution(state, { ...execution, isLeaseOver: true });
    if (holders.length === 0) steps.push(progress('the lease of the claim ends', end));
    else if (!isUnderWay)
      steps.push(fault('the lease of the claim ends before its outcome is recorded', end));
  }
  for (const place of places) {
    const worker = state.workers[place];
    if (worker.life !== 'dead' || worker.lease !== 'valid') continue;
    const ended = putWorker(state, place, { ...worker, lease: 'over' });
    steps.push(progress(`the lease of worker ${place + 1} in the queue ends`, ended));
  }
  return steps;
}

/** A wake-up is lost, or starts a worker if another one may run: `startWorkerRun`. It may do so again later. */
export function wakeUpSteps(state: State): Step[] {
  if (!state.queue.wakeUp) return [];
  const gone = putQueue(state, { wakeUp: false });
  const steps = [fault('the wake-up is lost', gone)];
  const place = places.find((place) => state.workers[place].life === 'off');
  // No other worker may run, so it waits. After too long a wait it moves to the dead-letter queue, and is lost.
  if (place === undefined) return steps;
  const what = `the wake-up starts worker ${place + 1}`;
  const worker = { ...offWorker, life: 'on' as const };
  steps.push(progress(what, putWorker(gone, place, worker)));
  steps.push(fault(`${what}, and will come again`, putWorker(state, place, worker)));
  return steps;
}

/** The owner stops or reschedules the job at any time, and may resume it once; the API then clears the queue. */
export function ownerSteps(state: State, protocol: Protocol): Step[] {
  const { api } = state;
  if (api.at === 'remove') {
    // `removeTakenBack` (remove.lua): what is in ready, or in a worker's hands, stays there.
    const { known, waiting } = state.queue;
    const removed = putQueue(state, { known: minus(known, api.id), waiting: minus(waiting, api.id) });
    return [progress(`the API removes ${api.id} from the queue`, { ...removed, api: idle })];
  }
  if (api.at === 'request cancel') {
    // `queue.requestCancel` (request-cancel.lua).
    const told = putQueue(state, { cancels: plusOnce(state.queue.cancels, api.id) });
    return [progress(`the API asks the worker of ${api.id} to break off`, { ...told, api: idle })];
  }
  return [...changeSteps(state, protocol), ...cancelSteps(state, protocol)];
}

/** `makeCancelExecution` (CANCEL_EXECUTIONS), while the job continues. */
function cancelSteps(state: State, { mayCancel, flaws }: Protocol): Step[] {
  const { execution } = state.db;
  if (!mayCancel || execution === undefined || execution.isCancelled) return [];
  const marked = { ...execution, isCancelled: true };
  switch (execution.status) {
    case 'SCHEDULED':
    case 'RETRYING':
      return [owner('the execution is cancelled', cancel(state, marked))];
    case 'RUNNING': {
      const isWithdrawn = execution.isWithdrawn || !flaws.includes('a cancellation leaves the retries');
      const to = putExecution(state, { ...marked, isWithdrawn });
      const isMisread = flaws.includes(
        'the API decides by the state that it has read whether a cancelled execution runs',
      );
      if (isMisread) return [owner('the execution is cancelled', cancel(state, marked))];
      return [
        owner('the running execution is cancelled', {
          ...to,
          api: { at: 'request cancel', id: execution.id },
        }),
      ];
    }
    case 'SUCCESS':
    case 'FAILED':
    case 'CANCELLED':
    case 'SKIPPED':
      return [];
  }
}

function changeSteps(state: State, protocol: Protocol): Step[] {
  const { db, world } = state;
  if (db.job === 'active') {
    return [
      owner('the job is paused, or deleted', stop(state, protocol)),
      ...skipSteps(state, protocol).map(({ to }) =>
        owner('the job is paused, or deleted, and the occurrence is skipped', stopAfter(to, state, protocol)),
      ),
      ...(protocol.mayReschedule ? [owner('the job is rescheduled', reschedule(state, protocol))] : []),
    ];
  }
  if (db.job === 'stopped' && protocol.mayResume) {
    // `makeChangeJob`: `firstExecutionTime` counts from now.
    const resumed = { ...db, job: 'resumed' as const, hasSchedule: !world.hasCome };
    return [owner('the job is resumed', restore({ ...state, db: resumed }, protocol))];
  }
  return [];
}

/** `restoreAttempts` (RESTORE_ATTEMPTS). */
function restore(state: State, { flaws }: Protocol): State {
  const { execution } = state.db;
  const isOpen = execution?.status === 'RUNNING' || execution?.status === 'SCHEDULED';
  if (!isOpen || flaws.includes('a resumed job leaves its attempts withdrawn')) return state;
  if (execution.isCancelled && !flaws.includes('a resumed job revives a cancelled execution')) return state;
  return putExecution(state, { ...execution, isWithdrawn: false });
}

/** `setActive`, `makeChangeJob`, `deleteJobs`: one transaction, with `writeDue`, `lockOpen`, `takeBack` and `deleteSchedules`. */
function stop(before: State, protocol: Protocol): State {
  const { flaws } = protocol;
  const isForgotten = flaws.includes('a stop forgets a due occurrence that is not dispatched');
  return stopAfter(isForgotten ? before : writeDue(before, protocol), before, protocol);
}

/** Stops the job whose due occurrence was written, or skipped. */
function stopAfter(state: State, before: State, { flaws }: Protocol): State {
  const { execution } = state.db;
  const db = { ...state.db, job: 'stopped' as const, isOwed: isDueUnclaimed(before), hasSchedule: false };
  const stopped: State = { ...state, db };
  switch (execution?.status) {
    case undefined:
    case 'SUCCESS':
    case 'FAILED':
    case 'CANCELLED':
    case 'SKIPPED':
      return stopped;
    case 'RUNNING':
      return putExecution(stopped, { ...execution, isWithdrawn: true });
    case 'SCHEDULED':
      return execution.isDue && !flaws.includes('a stop takes back a due execution')
        ? putExecution(stopped, { ...execution, isWithdrawn: true })
        : cancel(stopped, execution);
    case 'RETRYING':
      return cancel(stopped, execution);
  }
}

/** `makeChangeJob`: one transaction, with `writeDue`, `lockOpen`, `takeBack` and `setSchedules`. */
function reschedule(before: State, protocol: Protocol): State {
  const { flaws } = protocol;
  const state = writeDue(before, protocol);
  const { execution } = state.db;
  const db = { ...state.db, job: 'rescheduled' as const, isOwed: isDueUnclaimed(before), hasSchedule: false };
  const rescheduled: State = { ...state, db };
  const isTakenBack = !execution?.isDue || flaws.includes('a change of schedule takes back a due execution');
  return execution?.status === 'SCHEDULED' && isTakenBack ? cancel(rescheduled, execution) : rescheduled;
}

function cancel(state: State, execution: Execution): State {
  return {
    ...putExecution(state, { ...execution, status: 'CANCELLED' }),
    api: { at: 'remove', id: execution.id },
  };
}

/** Writes the execution of an occurrence that is due and that no tick has come to dispatch. */
function writeDue(state: State, protocol: Protocol): State {
  return state.db.hasSchedule && state.world.hasCome ? dispatch(state, protocol).to : state;
}

function isDueUnclaimed({ db, world }: State): boolean {
  return db.execution === undefined
    ? db.hasSchedule && world.hasCome
    : db.execution.status === 'SCHEDULED' && db.execution.isDue;
}
