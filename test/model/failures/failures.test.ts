import { describe, expect, test } from 'vitest';
import { type Exploration, search } from '../explore.ts';
import { makeStatesByText } from '../states-by-text.ts';
import { failuresRules, goodEndOfFailures } from './rules.ts';
import { type FailuresFlaw, type FailuresState, firstState, NONE_IS_BEGUN } from './state.ts';
import { failuresSteps } from './steps.ts';

/** States that differ only in the order of followers or reports are the same state. */
function textOfState(state: FailuresState): string {
  const { job, executions, isInOrder, failing, pending, callbacks, followers, resumes, mustBeginNone } =
    state;
  const textOf = (value: object | undefined): string =>
    JSON.stringify(Object.entries(value ?? {}).toSorted(([a], [b]) => a.localeCompare(b)));
  const allOf = (values: readonly object[]): string[] => values.map(textOf).toSorted();
  const parts = [textOf(failing), allOf(pending), allOf(callbacks), allOf(followers)];
  return JSON.stringify([job, executions, isInOrder, resumes, mustBeginNone, parts]);
}

const explore = (flaws: readonly FailuresFlaw[]): Exploration<FailuresState> =>
  search<FailuresState>({
    start: firstState,
    stepsFrom: (state) => failuresSteps(state, flaws),
    brokenRule: (state) => failuresRules.find(({ isKept }) => !isKept(state))?.name,
    goodEnd: goodEndOfFailures,
    states: makeStatesByText(firstState, textOfState),
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
  ['a mark refuses no claim', NONE_IS_BEGUN],
  ['a pause leaves the due occurrences', NONE_IS_BEGUN],
  ['a pause by a person leaves the due occurrences to a mark that is gone', NONE_IS_BEGUN],
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
