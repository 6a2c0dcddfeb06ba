import { describe, expect, test } from 'vitest';
import { type Exploration, search } from '../explore.ts';
import type { States } from '../states.ts';
import { failuresRules, goodEndOfFailures } from './rules.ts';
import { type FailuresFlaw, type FailuresState, firstState } from './state.ts';
import { failuresSteps } from './steps.ts';

/** States that differ only in the order of followers or reports are the same state. */
function makeStates(): States<FailuresState> {
  const numbers = new Map<string, number>();
  const states: FailuresState[] = [];
  const textOf = (value: object | undefined): string =>
    JSON.stringify(Object.entries(value ?? {}).toSorted(([a], [b]) => a.localeCompare(b)));
  const allOf = (values: readonly object[]): string[] => values.map(textOf).toSorted();
  return {
    numberOf: (state) => {
      const { job, executions, isInOrder, failing, pending, callbacks, followers, resumes } = state;
      const parts = [textOf(failing), allOf(pending), allOf(callbacks), allOf(followers)];
      const key = JSON.stringify([job, executions, isInOrder, resumes, parts]);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, states.length);
      return states.push(state) - 1;
    },
    stateOf: (number) => states[number] ?? firstState,
    size: () => states.length,
  };
}

const explore = (flaws: readonly FailuresFlaw[]): Exploration<FailuresState> =>
  search<FailuresState>({
    start: firstState,
    stepsFrom: (state) => failuresSteps(state, flaws),
    brokenRule: (state) => failuresRules.find(({ isKept }) => !isKept(state))?.name,
    goodEnd: goodEndOfFailures,
    states: makeStates(),
  });

/** The rule that notices a protocol without one of its safeguards. */
const flaws: [FailuresFlaw, string][] = [
  [
    'the end of a recovery does not compare the last failure again',
    'a recovery is reported at most once, and only a success is one',
  ],
  [
    'a pause does not look at its mark again',
    'a job is paused only after that number of failures since it was resumed',
  ],
  ['a resume leaves the mark', 'a job is paused only after that number of failures since it was resumed'],
  [
    'reports leave the table before they are executions',
    'each failure has exactly one report, until its job is deleted',
  ],
  ['a callback that fails is reported', 'no callback causes a callback'],
];

describe('the reports and the pause after failures of a job', () => {
  test('every rule holds, in any order executions end and followers die', async ({ annotate }) => {
    const { states, steps, ends, violation } = explore([]);
    await annotate(`${states} states, ${steps} steps, ${ends} ends`);
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(5_000);
  });

  test.for(flaws)('the rules notice that %s', ([flaw, rule]) => {
    expect(explore([flaw]).violation?.rule).toBe(rule);
  });
});
