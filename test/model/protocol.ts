import type { Execution, Id, Queue, State, Tick, Worker } from './state.ts';

export type Protocol = {
  type: 'AT_LEAST_ONCE' | 'AT_MOST_ONCE';
  maxRetryCount: number;
  /** How often the target may put an execution off with Retry-After before this spends a retry. */
  maxPutOffs: number;
  /** Whether a paused job may be resumed. If not, a pause equals a deletion. */
  mayResume: boolean;
  /** Whether the job may be given a schedule that lacks the occurrence. */
  mayReschedule: boolean;
  /** Whether the execution may be cancelled by itself, while its job continues. */
  mayCancel: boolean;
  /** Whether a tick or a change may find the occurrence so late that it is skipped. */
  maySkip: boolean;
  /** Ways in which the protocol is broken on purpose, to check that the rules notice. */
  flaws: readonly Flaw[];
};

export type Flaw =
  | 'an outcome is written without its token'
  | 'a running execution may be claimed'
  | 'a claim that was answered may be repeated'
  | 'an execution that was taken back may be claimed'
  | 'AT_MOST_ONCE runs again after its lease'
  | 'a withdrawn execution runs again after its lease'
  | 'AT_MOST_ONCE is put off after its request'
  | 'a withdrawn execution is put off'
  | 'an execution is put off without end'
  | 'the queue is settled before the outcome is recorded'
  | 'a failure is reported after its outcome is recorded'
  | 'an execution that was taken twice is sent twice'
  | 'a refused execution stays known'
  | 'a lost payload is not queued again'
  | 'executions of a dead worker are not released'
  | 'an expired claim is not freed'
  | 'an end that is found is not reported to the queue'
  | 'a snoozed execution waits nowhere'
  | 'an overdue execution wakes no worker'
  | 'a stop takes back a due execution'
  | 'a stop forgets a due occurrence that is not dispatched'
  | 'a change of schedule takes back a due execution'
  | 'a resumed job leaves its attempts withdrawn'
  | 'a resumed job revives a cancelled execution'
  | 'a cancelled occurrence is dispatched again'
  | 'a skipped execution is queued and may be claimed'
  | 'a cancellation leaves the retries'
  | 'the API decides by the state that it has read whether a cancelled execution runs';

/** One transaction, script, message or request, or the arrival of an instant. No other step can happen during it. */
export type Step<S = State> = {
  what: string;
  /** `progress` happens at some time. `owner` (a change of the job) and `fault` may happen or not. */
  by: 'progress' | 'owner' | 'fault';
  to: S;
  /** The rule that it breaks. */
  breaks?: string | undefined;
};

export const places = [0, 1] as const;
export type Place = (typeof places)[number];

export function putWorker(state: State, place: Place, worker: Worker): State {
  // Another worker may start when Redis has no entry of a dead worker.
  const isGone = worker.life === 'dead' && worker.lease === 'none';
  const kept = isGone ? { ...worker, life: 'off' as const } : worker;
  const [first, second] = state.workers;
  return { ...state, workers: place === 0 ? [kept, second] : [first, kept] };
}

export function putTick(state: State, place: Place, tick: Tick): State {
  const [first, second] = state.ticks;
  return { ...state, ticks: place === 0 ? [tick, second] : [first, tick] };
}

export function putQueue(state: State, changes: Partial<Queue>): State {
  return { ...state, queue: { ...state.queue, ...changes } };
}

export function putExecution(state: State, execution: Execution): State {
  return { ...state, db: { ...state.db, execution } };
}

/**
 * Writes the outcome of an execution. The trigger `note_failed_execution` writes the report of a failure in the same statement,
 * both for a worker and for a tick.
 */
export function putOutcome(state: State, execution: Execution, { flaws }: Pick<Protocol, 'flaws'>): State {
  const { db } = state;
  const hasFailed = execution.status === 'FAILED' && db.execution?.status !== 'FAILED';
  const isReported = hasFailed && !flaws.includes('a failure is reported after its outcome is recorded');
  return { ...state, db: { ...db, execution, reports: db.reports + (isReported ? 1 : 0) } };
}

export const wake = (state: State): State => putQueue(state, { wakeUp: true });

export const plus = (ids: readonly Id[], ...more: readonly Id[]): readonly Id[] =>
  [...ids, ...more].toSorted((a, b) => a - b);

/** As a set takes it. */
export const plusOnce = (ids: readonly Id[], id: Id): readonly Id[] =>
  ids.includes(id) ? ids : plus(ids, id);

/** Without one of it. */
export function minus(ids: readonly Id[], id: Id): readonly Id[] {
  const index = ids.indexOf(id);
  return index === -1 ? ids : ids.toSpliced(index, 1);
}

export const distinct = (ids: readonly Id[]): readonly Id[] =>
  ids.filter((id, index) => ids.indexOf(id) === index);

export const atMostOnce: Protocol = {
  type: 'AT_MOST_ONCE',
  maxRetryCount: 0,
  maxPutOffs: 0,
  mayResume: false,
  mayReschedule: false,
  mayCancel: false,
  maySkip: false,
  flaws: [],
};
export const atLeastOnce: Protocol = { ...atMostOnce, type: 'AT_LEAST_ONCE', maxRetryCount: 1 };
