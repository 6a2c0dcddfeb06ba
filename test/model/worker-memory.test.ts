import { describe, expect, test } from 'vitest';
import type { Step } from './protocol.ts';
import { idle, startWith, type State } from './state.ts';
import { rememberWorkerSteps } from './worker-memory.ts';

const start = startWith([]);
const step = (what: string, to: State): Step => ({ what, by: 'progress', to });
const remember = (stepsOf: (state: State) => Step[]) => rememberWorkerSteps(stepsOf, (state) => state);

describe('the remembered steps of a worker', () => {
  test('steps are computed once for all states that differ in other parts alone', () => {
    let calls = 0;
    const steps = remember((state) => {
      calls += 1;
      return [step('wakes', { ...state, queue: { ...state.queue, wakeUp: true } })];
    });
    const other: State = { ...start, api: { at: 'remove', id: 1 } };
    expect(steps(start, 0)[0]?.to).toEqual({ ...start, queue: { ...start.queue, wakeUp: true } });
    expect(steps(other, 0)[0]?.to).toEqual({ ...other, queue: { ...start.queue, wakeUp: true } });
    expect(calls).toBe(1);
  });

  test('a step that reads another part of the state is refused', () => {
    const steps = remember((state) => [step(state.ticks[0].at, state)]);
    expect(() => steps(start, 0)).toThrow('depends on another worker, a tick or the API');
  });

  test('a step that changes another part of the state is refused', () => {
    const steps = remember((state) => [step('forgets the API', { ...state, api: idle })]);
    expect(() => steps(start, 0)).toThrow('changes more than it may: forgets the API');
  });
});
