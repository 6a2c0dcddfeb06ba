import { record } from './attempt-steps.ts';
import { minus, places, putExecution, putQueue, putTick, putWorker } from './protocol.ts';
import type { Protocol, Step } from './protocol.ts';
import { type Attempt, idle, type Fault, offWorker, type State } from './state.ts';

/**
 * Lists the possible faults; each kind happens once. (The steps of a worker include the effects that it does not learn
 * about.)
 */
export function faultSteps(state: State, protocol: Protocol): Step[] {
  return state.world.faults.flatMap((kind) => {
    const faults = state.world.faults.filter((other) => other !== kind);
    return stepsOf(kind, { ...state, world: { ...state.world, faults } }, protocol).map(
      ([what, to]): Step => ({ what, by: 'fault', to }),
    );
  });
}

/** @param state without the fault among the remaining faults. */
function stepsOf(kind: Fault, state: State, protocol: Protocol): [string, State][] {
  const { queue, workers } = state;
  switch (kind) {
    case 'kill':
      return [
        ...places.flatMap((place) => kills(state, place)),
        ...places.flatMap((place) => unheardRecords(state, place, protocol)),
        ...(state.api.at === 'idle'
          ? []
          : [['the API dies', { ...state, api: idle }] satisfies [string, State]]),
      ];
    case 'Redis loses everything': {
      const { execution } = state.db;
      // Its counts begin again. Executions that had ended before are not counted.
      const isOver = execution?.status === 'SUCCESS' || execution?.status === 'FAILED';
      const counted = isOver ? [execution.id] : [];
      const empty = putQueue(state, { known: [], ready: [], waiting: [], cancels: [], counted });
      const lost = places.reduce(
        (from, place) => putWorker(from, place, { ...from.workers[place], processing: [], lease: 'none' }),
        empty,
      );
      return [[kind, lost]];
    }
    case 'a payload expires':
      return queue.known.map((id) => [
        `the payload of ${id} expires`,
        putQueue(state, { known: minus(queue.known, id) }),
      ]);
    case 'a worker is cut off from Redis':
      return places
        .filter((place) => workers[place].life === 'on' && workers[place].lease === 'valid')
        .map((place) => [
          `the lease of worker ${place + 1} in the queue ends, which lives on`,
          putWorker(state, place, { ...workers[place], lease: 'over' }),
        ]);
    case 'a worker stalls': {
      const { execution } = state.db;
      if (execution?.status !== 'RUNNING' || execution.isLeaseOver) return [];
      return [
        [
          'the lease of the claim ends, regardless of its worker',
          putExecution(state, { ...execution, isLeaseOver: true }),
        ],
      ];
    }
  }
}

function kills(state: State, place: 0 | 1): [string, State][] {
  const steps: [string, State][] = [];
  if (state.ticks[place].at !== 'idle') steps.push([`tick ${place + 1} dies`, putTick(state, place, idle)]);
  const worker = state.workers[place];
  if (worker.life === 'on') {
    const { processing, lease } = worker;
    const dead = { ...offWorker, life: 'dead' as const, processing, lease };
    steps.push([`worker ${place + 1} dies`, putWorker(state, place, dead)]);
  }
  return steps;
}

const isEnded = ({ at }: Attempt): boolean => at === 'succeeded' || at === 'failed' || at === 'asked to wait';

/** The outcome is written, and the worker, which does not learn it, is about to write it again. */
function unheardRecords(state: State, place: 0 | 1, protocol: Protocol): [string, State][] {
  return state.workers[place].attempts.flatMap((attempt) => {
    if (!isEnded(attempt)) return [];
    const { what, to } = record(state, place, attempt, protocol);
    if (to.db === state.db) return [];
    return [[`worker ${place + 1} ${what}, and does not learn it`, { ...to, workers: state.workers }]];
  });
}
