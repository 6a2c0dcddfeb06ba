import type { States } from './states.ts';

/** Numbers the states of a small model by a text. States with the same text are one state. */
export function makeStatesByText<S>(start: S, textOf: (state: S) => string): States<S> {
  const numbers = new Map<string, number>();
  const states: S[] = [];
  return {
    numberOf: (state) => {
      const text = textOf(state);
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, states.length);
      return states.push(state) - 1;
    },
    stateOf: (number) => states[number] ?? start,
    size: () => states.length,
  };
}
