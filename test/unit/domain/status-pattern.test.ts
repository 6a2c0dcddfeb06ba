import { expect, test } from 'vitest';
import { defaultStopOn, defaultSuccess, hasStatus } from '../../../lib/domain/status-pattern.ts';

test.each([
  [['2xx'], 200, true],
  [['2xx'], 299, true],
  [['2xx'], 300, false],
  [['2xx', 409], 409, true],
  [['5xx'], 503, true],
  [[503], 500, false],
  [[], 200, false],
] as const)('the patterns %o contain the status %i: %s', (patterns, status, isContained) => {
  expect(hasStatus(patterns, status)).toBe(isContained);
});

test('2xx is a success by default, and 410 ends the retries', () => {
  expect([199, 200, 204, 300, 410].map((status) => hasStatus(defaultSuccess.statuses, status))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
  expect([404, 410, 500].map((status) => hasStatus(defaultStopOn, status))).toEqual([false, true, false]);
});
