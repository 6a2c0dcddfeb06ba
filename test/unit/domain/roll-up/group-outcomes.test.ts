import { expect, test } from 'vitest';
import { comparedPeriod } from '../../../../lib/domain/roll-up/group-outcomes.ts';
import type { PeriodSeconds } from '../../../../lib/domain/roll-up/periods.ts';

const HOUR_MS = 3_600_000;

const cases: [string, number, PeriodSeconds, PeriodSeconds][] = [
  ['5 minutes', HOUR_MS / 12, 60, 60],
  ['an hour', HOUR_MS, 60, 300],
  ['a day', 24 * HOUR_MS, 300, 3_600],
  ['a week', 168 * HOUR_MS, 3_600, 86_400],
  ['a month', 720 * HOUR_MS, 3_600, 86_400],
];

test.each(cases)('groups are compared over %s by periods that are few', (_, ms, periodSeconds, expected) => {
  expect(comparedPeriod({ fromMs: 0, toMs: ms, stepSeconds: 60, periodSeconds })).toBe(expected);
});
