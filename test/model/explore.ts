import type { Protocol, Step } from './protocol.ts';
import { brokenRule, GOOD_END, isGoodEnd, stepsFrom } from './rules.ts';
import { startWith, type Fault, type State } from './state.ts';
import { makeStates, type States } from './states.ts';
import { rememberWorkerSteps } from './worker-memory.ts';
import { workerSteps } from './worker-steps.ts';

/** A protocol that can be searched. */
export type Machine<S> = {
  start: S;
  stepsFrom: (state: S) => Step<S>[];
  /** The name of a rule that the state breaks. */
  brokenRule: (state: S) => string | undefined;
  /** The rule about states in which nothing more happens by itself. */
  goodEnd: { name: string; isKept: (state: S) => boolean };
  /** Empty. */
  states: States<S>;
};

export type Exploration<S = State> = {
  /** The number of different states. */
  states: number;
  /** The number of steps that lead from one state to another. */
  steps: number;
  /** States in which nothing more happens by itself. */
  ends: number;
  violation: Violation<S> | undefined;
};

/** `trace` is a shortest way there: each step, and the state after it. */
export type Violation<S = State> = { rule: string; trace: { what: string; to: S }[] };

const NOT_TO_AN_END = 'from everywhere an end can be reached, without the owner and without a further fault';

/**
 * Visits every reachable state, breadth first. Stops at the first broken rule. When it has visited all states, it checks
 * that each of them leads to an end.
 */
export function search<S>(machine: Machine<S>): Exploration<S> {
  const { start, stepsFrom, brokenRule, goodEnd, states } = machine;
  states.numberOf(start);
  /** The state from which each state was first reached. */
  const cameFrom = [-1];
  /** The states that progress alone leads to: the ones of state n begin at `firstAhead[n]`. */
  const ahead: number[] = [];
  const firstAhead: number[] = [];
  let steps = 0;
  let ends = 0;

  const result = (rule?: string, at = 0, breaking?: Step<S>): Exploration<S> => {
    const visited = { states: states.size(), steps, ends };
    return { ...visited, violation: rule === undefined ? undefined : { rule, trace: traceTo(at, breaking) } };
  };

  /** Replays the steps from the start, so that worker 1 is the same worker in every state. */
  const traceTo = (at: number, breaking?: Step<S>): Violation<S>['trace'] => {
    const path: number[] = [];
    for (let number = at; number > 0; number = cameFrom[number] ?? 0) path.unshift(number);
    const trace: Violation<S>['trace'] = [];
    let state = start;
    for (const number of path) {
      const step = stepsFrom(state).find(({ to }) => states.numberOf(to) === number);
      if (step === undefined) throw new Error('a step cannot be repeated');
      trace.push({ what: step.what, to: step.to });
      state = step.to;
    }
    const last = stepsFrom(state).find(({ breaks }) => breaks !== undefined && breaks === breaking?.breaks);
    return last === undefined ? trace : [...trace, { what: last.what, to: last.to }];
  };

  for (let number = 0; number < states.size(); number += 1) {
    const state = states.stateOf(number);
    const broken = brokenRule(state);
    if (broken !== undefined) return result(broken, number);
    firstAhead.push(ahead.length);
    for (const step of stepsFrom(state)) {
      steps += 1;
      if (step.breaks !== undefined) return result(step.breaks, number, step);
      const to = states.numberOf(step.to);
      if (to === cameFrom.length) cameFrom.push(number);
      if (step.by === 'progress') ahead.push(to);
    }
    if (firstAhead.at(-1) === ahead.length) {
      ends += 1;
      if (!goodEnd.isKept(state)) return result(goodEnd.name, number);
    }
  }
  const stuck = findStuck(firstAhead, ahead);
  return stuck === undefined ? result() : result(NOT_TO_AN_END, stuck);
}

/** Searches the protocol of one execution. */
export function explore(protocol: Protocol, faults: readonly Fault[]): Exploration {
  const states = makeStates();
  const steps = rememberWorkerSteps((state, place) => workerSteps(state, place, protocol), states.keep);
  return search({
    start: startWith(faults),
    stepsFrom: (state) => stepsFrom(state, protocol, steps),
    brokenRule: (state) => brokenRule(state, protocol),
    goodEnd: {
      name: GOOD_END,
      isKept: (state) => isGoodEnd(state, protocol, faults.length - state.world.faults.length),
    },
    states,
  });
}

/** The first state from which no end can be reached. */
function findStuck(firstAhead: readonly number[], ahead: readonly number[]): number | undefined {
  const leadsToEnd = new Uint8Array(firstAhead.length);
  const look = (number: number): boolean => {
    const from = firstAhead[number] ?? 0;
    const to = firstAhead[number + 1] ?? ahead.length;
    for (let at = from; at < to; at += 1) if (leadsToEnd[ahead[at] ?? 0] === 1) return true;
    return from === to;
  };
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    // Goes backwards, because later states are nearer to an end.
    for (let number = firstAhead.length - 1; number >= 0; number -= 1) {
      if (leadsToEnd[number] === 1 || !look(number)) continue;
      leadsToEnd[number] = 1;
      hasChanged = true;
    }
  }
  const stuck = leadsToEnd.indexOf(0);
  return stuck === -1 ? undefined : stuck;
}
