import { expect, test } from 'vitest';
import { formatPower, formatShare } from '../../../../../web/components/chart/axis-words.ts';

test('powers of ten are milliseconds or seconds', () => {
  expect([1, 100, 1_000, 100_000].map(formatPower)).toEqual(['1 ms', '100 ms', '1 s', '100 s']);
});

test('shares are in per cent, with a decimal where one is needed', () => {
  expect([0, 0.005, 0.02, 1].map(formatShare)).toEqual(['0 %', '0.5 %', '2 %', '100 %']);
});
