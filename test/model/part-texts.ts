import type { Attempt, Id, State, Tick, Worker } from './state.ts';

/**
 * Texts that identify the parts of a state by every field. `JSON.stringify` would give the same result, but takes half of
 * the time of a search. `makeStates` compares samples, so it finds a field that is missing here.
 */
export const partTexts: { [Part in keyof Parts]: (part: Parts[Part]) => string } = {
  db: ({ job, isOwed, hasSchedule, execution: e, claims, isUncounted, reports }) => {
    const row =
      e === undefined
        ? ''
        : `${e.id}${e.status}${e.retryCount},${e.putOffCount}${flag(e.isDue)}${e.claim}${flag(e.isLeaseOver)}${flag(e.isWithdrawn)}${flag(e.isCancelled)}${flag(e.wasStarted)}`;
    return `${job}${flag(isOwed)}${flag(hasSchedule)}${row}/${claims}${flag(isUncounted)}${reports}`;
  },
  queue: ({ known, ready, waiting, cancels, counted, wakeUp }) =>
    `${list(known)}/${list(ready)}/${list(waiting)}/${list(cancels)}/${list(counted)}${flag(wakeUp)}`,
  worker: ({ life, held, unheard, attempts, refused, found, dropping, processing, lease }) =>
    `${life}${list(held)}/${all(unheard, unheardText)}/${all(attempts, attemptText)}/${list(refused)}/${list(found)}/${list(dropping)}/${list(processing)}${lease}`,
  tick: (tick) => `${tick.at}${'id' in tick ? tick.id : ''}${'isDue' in tick ? flag(tick.isDue) : ''}`,
  api: (api) => `${api.at}${'id' in api ? api.id : ''}`,
  world: ({ hasCome, faults, requests, wasReached }) =>
    `${flag(hasCome)}${faults.length === 0 ? '' : faults.join()}/${requests}${flag(wasReached)}`,
};

export type Parts = {
  db: State['db'];
  queue: State['queue'];
  worker: Worker;
  tick: Tick;
  api: State['api'];
  world: State['world'];
};

const flag = (value: boolean): string => (value ? '+' : '-');

const list = (ids: readonly Id[]): string => (ids.length === 0 ? '' : ids.join());

const all = <T>(values: readonly T[], textOf: (value: T) => string): string =>
  values.length === 0 ? '' : values.map(textOf).join();

const unheardText = ({ id, claim, isClaimedLate }: Worker['unheard'][number]): string =>
  `${id}.${claim}${flag(isClaimedLate)}`;

const attemptText = ({ id, claim, retryCount, putOffCount, isClaimedLate, at }: Attempt): string =>
  `${id}.${claim}.${retryCount}.${putOffCount}${flag(isClaimedLate)}${at}`;
