import { describe, expect, test } from 'vitest';
import { mostOvertaken, oldestWaitAt } from '../../../load/overload/due-order.ts';

describe('mostOvertaken', () => {
  test.each([
    ['nothing', [], 0],
    ['due order', [1, 2, 3, 4], 0],
    ['two that change places', [1, 3, 2, 4], 1],
    ['one that comes before three it should come after', [4, 1, 2, 3], 3],
    ['one that comes long after it was its turn', [2, 3, 4, 1], 1],
    ['the whole turned round', [5, 4, 3, 2, 1], 4],
    ['executions due at one instant, in any order', [7, 7, 7], 0],
  ])('the most overtaken execution: %s', (_, dues, most) => {
    expect(mostOvertaken(dues)).toBe(most);
  });
});

describe('oldestWaitAt', () => {
  const arrivals = [
    { dueMs: 1_000, arrivedMs: 2_000 },
    { dueMs: 1_500, arrivedMs: 6_000 },
    { dueMs: 3_000, arrivedMs: 6_500 },
    { dueMs: 9_000, arrivedMs: 9_000 },
  ];
  test.each([
    ['none is due', 500, 0],
    ['the oldest waits', 1_900, 0.9],
    ['the oldest has come', 4_000, 2.5],
    ['every due execution has arrived', 7_000, 0],
  ])('the age of the oldest waiting execution: %s', (_, atMs, seconds) => {
    expect(oldestWaitAt(arrivals, atMs)).toBe(seconds);
  });
});
