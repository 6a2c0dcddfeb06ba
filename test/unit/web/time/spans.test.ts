import { expect, test } from 'vitest';
import { formatDistance, formatDuration, formatSpan } from '../../../../web/time/spans.ts';

test.each([
  [-5_000, '0 s'],
  [999, '0 s'],
  [59_999, '59 s'],
  [3_600_000, '1 h'],
  [90_000_000, '1 d'],
  [729 * 86_400_000, '729 d'],
  [23_528 * 86_400_000, '64 y'],
])('a span of %i ms is %j', (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});

test.each([
  [0.4, '< 1 ms'],
  [12.4, '12 ms'],
  [1_240, '1.24 s'],
  [124_000, '2 min 4 s'],
  [180_000, '3 min'],
  [7_200_000, '2 h'],
  [7_260_000, '2 h 1 min'],
])('a duration of %d ms is %j', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [-4_000, '4 s ago'],
  [500, 'now'],
  [125_000, 'in 2 min'],
  [7 * 86_400_000 - 5, 'in 7 d'],
  [-110 * 60_000, '2 h ago'],
  [59_600, 'in 1 min'],
  [-23.7 * 3_600_000, '1 d ago'],
])('an instant %i ms from now is %j', (ms, text) => {
  const now = new Date('2026-01-15T12:00:00Z');
  expect(formatDistance(new Date(now.getTime() + ms), now)).toBe(text);
});
