import { minus, places, putExecution, putQueue, putWorker } from './protocol.ts';
import type { Protocol, Step } from './protocol.ts';
import { idle, offWorker, type State } from './state.ts';

const progress = (what: string, to: State): Step => ({ what, by: 'progress', to });
const owner = (what: string, to: State): Step => ({ what, by: 'owner', to });
const fault = (what: string, to: State): Step => ({ what, by: 'fault', to });

/** Instants that come and leases that end, in whatever order. */
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

/** A wake-up is lost, or starts a worker where there is room: `startWorkerRun`; once, or once more later. */
export function wakeUpSteps(state: State): Step[] {
  if (!state.queue.wakeUp) return [];
  const gone = putQueue(state, { wakeUp: false });
  const steps = [fault('the wake-up is lost', gone)];
  const place = places.find((place) => state.workers[place].life === 'off');
  // It waits for room. Where it waits too long it goes to the dead letters, and is lost.
  if (place === undefined) return steps;
  const what = `the wake-up starts worker ${place + 1}`;
  const worker = { ...offWorker, life: 'on' as const };
  steps.push(progress(what, putWorker(gone, place, worker)));
  steps.push(fault(`${what}, and will come again`, putWorker(state, place, worker)));
  return steps;
}

/** The owner stops the job at any time, and may resume it once; the API then clears the queue. */
export function ownerSteps(state: State, { mayResume }: Protocol): Step[] {
  const { db, api, world } = state;
  if (api.at === 'remove') {
    // `removeTakenBack` (remove.lua): what is in ready, or in a worker's hands, stays there.
    const { known, waiting } = state.queue;
    const removed = putQueue(state, { known: minus(known, api.id), waiting: minus(waiting, api.id) });
    return [progress(`the API removes ${api.id} from the queue`, { ...removed, api: idle })];
  }
  if (db.job === 'active') return [owner('the job is paused, or deleted', stop(state))];
  if (db.job === 'stopped' && mayResume) {
    // `makeChangeJob`: `firstExecutionTime` counts from now.
    const resumed = { ...db, job: 'resumed' as const, hasSchedule: !world.hasCome };
    return [owner('the job is resumed', { ...state, db: resumed })];
  }
  return [];
}

/** `makeChangeJob`, `makeDeleteJob`: one transaction, with `cancelOpen` (TAKE_BACK) and `deleteSchedules`. */
function stop(state: State): State {
  const { execution } = state.db;
  const stopped: State = { ...state, db: { ...state.db, job: 'stopped', hasSchedule: false } };
  switch (execution?.status) {
    case undefined:
    case 'SUCCESS':
    case 'FAILED':
    case 'CANCELLED':
      return stopped;
    case 'RUNNING':
      return putExecution(stopped, { ...execution, isWithdrawn: true });
    case 'SCHEDULED':
    case 'RETRYING':
      return {
        ...putExecution(stopped, { ...execution, status: 'CANCELLED' }),
        api: { at: 'remove', id: execution.id },
      };
  }
}
