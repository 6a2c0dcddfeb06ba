import { describe, expect, test } from 'vitest';
import { type Exploration, search } from '../explore.ts';
import { makeStatesByText } from '../states-by-text.ts';
import { firstState, type RepetitionsFlaw, type RepetitionsState } from './state.ts';
import { REFUSED_FOR_AN_OPEN_ONE, repetitionsSteps } from './steps.ts';

const ONE_AT_A_TIME = 'an execution has at most one open repetition that was made without force';
const GOOD_END = 'in the end each caller has its answer, and each repetition has ended';

const isOneAtATime = ({ open }: RepetitionsState): boolean =>
  open.filter(({ isForced }) => !isForced).length <= 1;

const isGoodEnd = ({ open, lockedBy, callers }: RepetitionsState): boolean =>
  open.length === 0 && lockedBy === undefined && callers.every(({ at }) => at === 'idle');

const explore = (flaws: readonly RepetitionsFlaw[]): Exploration<RepetitionsState> =>
  search<RepetitionsState>({
    start: firstState,
    stepsFrom: (state) => repetitionsSteps(state, flaws),
    brokenRule: (state) => (isOneAtATime(state) ? undefined : ONE_AT_A_TIME),
    goodEnd: { name: GOOD_END, isKept: isGoodEnd },
    states: makeStatesByText(firstState, (state) => JSON.stringify(state)),
  });

/** The rule that notices a protocol without one of its safeguards. */
const flaws: [RepetitionsFlaw, string][] = [
  ['a caller looks before it has the lock', ONE_AT_A_TIME],
  ['a caller takes no lock', ONE_AT_A_TIME],
  ['the lock ends before the repetition is committed', ONE_AT_A_TIME],
  ['a caller does not look for a repetition that is open', ONE_AT_A_TIME],
  ['a repetition that has ended refuses others', REFUSED_FOR_AN_OPEN_ONE],
  ['a caller that dies keeps its lock', GOOD_END],
];

describe('the repetitions of an execution by two callers', () => {
  test('every rule holds, in any order callers lock, look and commit, and die', async ({ annotate }) => {
    const { states, steps, ends, violation } = explore([]);
    await annotate(`${states} states, ${steps} steps, ${ends} ends`);
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(300);
  });

  test.for(flaws)('the rules notice that %s', ([flaw, rule]) => {
    expect(explore([flaw]).violation?.rule).toBe(rule);
  });
});
