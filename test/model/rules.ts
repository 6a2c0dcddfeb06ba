import { faultSteps } from './fault-steps.ts';
import type { Place, Protocol, Step } from './protocol.ts';
import type { Attempt, State } from './state.ts';
import { tickSteps } from './tick-steps.ts';
import { ownerSteps, timeSteps, wakeUpSteps } from './world-steps.ts';

/**
 * Every step that can come next. Two ticks or workers that are the same object have the same steps: the second adds none.
 *
 * @param workerSteps the steps of a worker.
 */
export function stepsFrom(
  state: State,
  protocol: Protocol,
  workerSteps: (state: State, place: Place) => Step[],
): Step[] {
  const { ticks, workers } = state;
  return [
    ...tickSteps(state, 0, protocol),
    ...(ticks[0] === ticks[1] ? [] : tickSteps(state, 1, protocol)),
    ...workerSteps(state, 0),
    ...(workers[0] === workers[1] ? [] : workerSteps(state, 1)),
    ...timeSteps(state),
    ...wakeUpSteps(state),
    ...ownerSteps(state, protocol),
    ...faultSteps(state, protocol),
  ];
}

type Rule = { name: string; isKept: (state: State, protocol: Protocol) => boolean };

/** The rules that hold in every state. Two more rules are about steps: see `breaks`. */
const rules: Rule[] = [
  {
    name: 'AT_MOST_ONCE is sent at most once',
    isKept: ({ world }, { type }) => type === 'AT_LEAST_ONCE' || world.requests <= 1,
  },
  {
    name: 'no more requests than the first, the retries, and those after which the target asked for a later one',
    isKept: ({ world }, { maxRetryCount, maxPutOffs }) => world.requests <= 1 + maxRetryCount + maxPutOffs,
  },
  {
    name: 'a cancelled execution, or one of a stopped job, is not sent, except the one attempt of a due execution',
    isKept: (state) =>
      attemptsIn(state).every((attempt) => attempt.at === 'claimed' || !attempt.isClaimedLate),
  },
  {
    name: 'no two requests are out under claims that are valid',
    isKept: (state) =>
      attemptsIn(state).filter((attempt) => isOut(attempt) && isValid(attempt, state)).length <= 1,
  },
  {
    name: 'an occurrence that is skipped is not claimed',
    isKept: ({ db }) => !db.wasSkipped || db.execution?.status === 'SKIPPED',
  },
  {
    name: 'an attempt is withdrawn only while its job is stopped, or when it is cancelled',
    isKept: ({ db }) =>
      db.execution?.status !== 'RUNNING' ||
      !db.execution.isWithdrawn ||
      db.execution.isCancelled ||
      db.job === 'stopped',
  },
  {
    name: 'a running execution has a claim, and no other execution has one',
    isKept: ({ db }) => (db.execution?.status === 'RUNNING') === (db.execution?.claim !== undefined),
  },
  {
    name: 'an execution that is FAILED has one report, written with its end, and no other has one',
    isKept: ({ db }) => db.reports === (db.execution?.status === 'FAILED' ? 1 : 0),
  },
];

export function brokenRule(state: State, protocol: Protocol): string | undefined {
  return rules.find(({ isKept }) => !isKept(state, protocol))?.name;
}

/** The rule for final states: every promise was kept, and nothing was left behind. */
export const GOOD_END =
  'in the end the execution is over, the queue holds nothing of it, and has counted it if it ended';

/**
 * @param faultsMet how many came. A worker that dies between PostgreSQL and the queue, with an execution that Redis had lost or
 * given away before, leaves no process that would report the end to the queue: that takes two, and costs a count.
 */
export function isGoodEnd(
  { db, queue, workers, world }: State,
  { type, maxRetryCount }: Protocol,
  faultsMet: number,
): boolean {
  const { execution } = db;
  const leftBehind = [
    ...queue.known,
    ...queue.ready,
    ...queue.waiting,
    ...workers.flatMap((w) => w.processing),
  ];
  if (leftBehind.length > 0) return false;
  const hasEnded = execution?.status === 'SUCCESS' || execution?.status === 'FAILED';
  const isCounted = queue.counted.some((id) => id === execution?.id);
  if (hasEnded ? !isCounted && faultsMet < 2 : isCounted) return false;
  switch (execution?.status) {
    case undefined:
      // Stopped before it was due.
      return db.job !== 'active' && !db.isOwed;
    case 'SUCCESS':
      return world.wasReached;
    case 'FAILED':
      if (execution.isCancelled) return false;
      return type === 'AT_MOST_ONCE' || execution.retryCount === maxRetryCount || execution.isWithdrawn;
    case 'CANCELLED':
      if (execution.isCancelled) return true;
      // A stop ends the retries of an execution that was attempted; it does not take the only attempt away.
      return db.job !== 'active' && (!db.isOwed || execution.wasStarted);
    case 'SKIPPED':
      return world.requests === 0;
    case 'SCHEDULED':
    case 'RUNNING':
    case 'RETRYING':
      return false;
  }
}

const attemptsIn = ({ workers }: State): Attempt[] => workers.flatMap(({ attempts }) => attempts);

const isOut = ({ at }: Attempt): boolean => at === 'out' || at === 'out, lost';

const isValid = ({ id, claim }: Attempt, { db }: State): boolean =>
  db.execution?.id === id && db.execution.claim === claim && !db.execution.isLeaseOver;
