import { expect, test } from 'vitest';
import { lasting } from '../../../lib/domain/fact.ts';

test.each([
  [0, 'less than 1 ms'],
  [999, '999 ms'],
  [2_580, '2.58 s'],
  [59_999, '59.999 s'],
  [180_020, '3 min'],
  [197_893, '3 min 18 s'],
  [7_200_000, '2 h'],
  [7_260_000, '2 h 1 min'],
])('a span of %i ms is written as %j', (ms, text) => {
  expect(lasting(ms)).toBe(text);
});
