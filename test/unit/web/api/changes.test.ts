import { expect, test } from 'vitest';
import { isBeforeChange, noteChange, secondsSinceChange } from '../../../../web/api/changes.ts';

test('a tab that has changed nothing accepts counts of the greatest age', () => {
  expect(secondsSinceChange(600)).toBe(600);
  expect(isBeforeChange(0)).toBe(false);
});

test('after a change, a tab accepts no counts and no answers from before it', () => {
  const beforeMs = Date.now();
  noteChange();
  expect(secondsSinceChange(600)).toBeLessThanOrEqual((Date.now() - beforeMs) / 1_000);
  expect(isBeforeChange(beforeMs)).toBe(true);
  expect(isBeforeChange(Date.now() + 1)).toBe(false);
});
