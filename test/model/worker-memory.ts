import type { Place, Step } from './protocol.ts';
import { idle, offWorker, type State } from './state.ts';

type Parts = Pick<State, 'db' | 'queue' | 'world'> & { worker: State['workers'][0] };
type KnownStep = Omit<Step, 'to'> & Parts;
type ByWorker = Map<Parts['worker'], KnownStep[]>;
type ByWorld = Map<State['world'], ByWorker>;
type ByQueue = Map<State['queue'], ByWorld>;
type Memory = Map<State['db'], ByQueue>;

const throwing = {
  get: () => {
    throw new Error('a step of a worker depends on another worker, a tick or the API');
  },
};
const unknownWorker = new Proxy(offWorker, throwing);
const unknownTicks = new Proxy<State['ticks']>([idle, idle], throwing);
const unknownApi = new Proxy<State['api']>(idle, throwing);

/**
 * Remembers the steps of a worker: a thousand states share the worker, PostgreSQL, the queue and the world, and the steps depend on
 * these alone. A step that reads or changes anything else throws.
 *
 * @param keep returns the state with the parts that are equal in all states, which are the keys.
 */
export function rememberWorkerSteps(
  stepsOf: (state: State, place: Place) => Step[],
  keep: (state: State) => State,
): (state: State, place: Place) => Step[] {
  const memories: readonly [Memory, Memory] = [new Map(), new Map()];

  const find = ({ db, queue, world, workers }: State, place: Place): KnownStep[] => {
    const other = place === 0 ? 1 : 0;
    const ofTwo = (own: Parts['worker'], foreign: Parts['worker']): State['workers'] =>
      place === 0 ? [own, foreign] : [foreign, own];
    const parts = { ticks: unknownTicks, api: unknownApi, workers: ofTwo(workers[place], unknownWorker) };
    return stepsOf({ db, queue, world, ...parts }, place).map(({ to, ...step }) => {
      const isOwn = to.ticks === unknownTicks && to.api === unknownApi && to.workers[other] === unknownWorker;
      if (!isOwn) throw new Error(`a step changes more than it may: ${step.what}`);
      const kept = keep({
        ...to,
        ticks: [idle, idle],
        api: idle,
        workers: ofTwo(to.workers[place], offWorker),
      });
      return { ...step, db: kept.db, queue: kept.queue, world: kept.world, worker: kept.workers[place] };
    });
  };

  return (state, place) => {
    const { db, queue, world, workers } = state;
    const byQueue = childOf(memories[place], db, (): ByQueue => new Map());
    const byWorld = childOf(byQueue, queue, (): ByWorld => new Map());
    const byWorker = childOf(byWorld, world, (): ByWorker => new Map());
    const known = childOf(byWorker, workers[place], () => find(state, place));
    return known.map((step): Step => {
      const { what, by, breaks } = step;
      const to: State = {
        db: step.db,
        queue: step.queue,
        workers: place === 0 ? [step.worker, workers[1]] : [workers[0], step.worker],
        ticks: state.ticks,
        api: state.api,
        world: step.world,
      };
      return { what, by, breaks, to };
    });
  };
}

function childOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
