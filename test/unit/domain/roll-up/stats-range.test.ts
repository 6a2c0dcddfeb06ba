import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../../../lib/domain/errors.ts';
import { MAX_POINTS, planStatsRange } from '../../../../lib/domain/roll-up/stats-range.ts';

const NOW = Date.parse('2026-01-15T12:34:56.789Z');
const at = (text: string): number => Date.parse(text);

function plan(from?: string, to?: string, stepSeconds?: number) {
  return planStatsRange(
    {
      fromMs: from === undefined ? undefined : at(from),
      toMs: to === undefined ? undefined : at(to),
      stepSeconds,
    },
    NOW,
  );
}

function refusal(...asked: Parameters<typeof plan>): string {
  try {
    plan(...asked);
    return 'accepted';
  } catch (error) {
    if (error instanceof ValidationError) return error.message;
    throw error;
  }
}

describe('the range of statistics', () => {
  test('the default range is the last 24 hours', () => {
    expect(plan()).toEqual({
      fromMs: at('2026-01-14T12:30:00Z'),
      toMs: at('2026-01-15T12:35:00Z'),
      stepSeconds: 300,
      periodSeconds: 300,
    });
  });

  test('the range is widened to whole steps in UTC', () => {
    expect(plan('2026-01-13T10:00:00Z', '2026-01-14T10:00:00Z', 86_400)).toMatchObject({
      fromMs: at('2026-01-13T00:00:00Z'),
      toMs: at('2026-01-15T00:00:00Z'),
    });
    expect(plan('2026-01-15T10:00:00Z', '2026-01-15T11:00:00Z', 60)).toMatchObject({
      fromMs: at('2026-01-15T10:00:00Z'),
      toMs: at('2026-01-15T11:00:00Z'),
    });
  });

  test('the range ends with the step that contains now', () => {
    expect(plan('2026-01-15T12:00:00Z', '2030-01-01T00:00:00Z', 60)).toMatchObject({
      toMs: at('2026-01-15T12:35:00Z'),
    });
  });

  test.each([
    [60, 60],
    [120, 60],
    [300, 300],
    [900, 300],
    [3_600, 3_600],
    [21_600, 3_600],
    [86_400, 86_400],
    [604_800, 86_400],
  ])('a step of %i s is computed from periods of %i s', (stepSeconds, periodSeconds) => {
    expect(plan('2026-01-14T12:00:00Z', undefined, stepSeconds)).toMatchObject({ periodSeconds });
  });

  test.each([
    ['2026-01-15T12:00:00Z', 60],
    ['2026-01-14T12:00:00Z', 300],
    ['2026-01-01T00:00:00Z', 3_600],
    ['2025-10-01T00:00:00Z', 86_400],
  ])('the default step of a range from %s is %i s', (from, stepSeconds) => {
    expect(plan(from)).toMatchObject({ stepSeconds });
  });

  test('seven days by steps of 5 minutes are the most points', () => {
    expect(plan('2026-01-08T12:35:00Z', '2026-01-15T12:35:00Z', 300)).toBeDefined();
    expect(refusal('2026-01-01T00:00:00Z', undefined, 60)).toBe(
      `step: gives 20915 points, and at most ${MAX_POINTS} are possible; use a longer step`,
    );
  });

  test('a step that is not a multiple of a minute is refused', () => {
    expect(refusal(undefined, undefined, 90)).toBe(
      'step: must be a multiple of 60 seconds, such as 1m, 5m, 1h, 1d or 120',
    );
  });

  test('a step that would read too many minutes is refused', () => {
    expect(refusal('2026-01-05T00:00:00Z', undefined, 3_540)).toMatch(
      /^step: is computed from periods of 60 s, and at most 10080 of them can be read/,
    );
  });

  test('a range that begins before the counts are kept is refused', () => {
    expect(refusal('2025-12-01T00:00:00Z', '2025-12-01T06:00:00Z', 60)).toBe(
      'from: is too early for a step of 60 s, which is computed from periods of 60 s, and these are kept for 14 days; use a later from, or a step of 1h or 1d',
    );
    expect(refusal('2024-01-01T00:00:00Z', undefined, 86_400)).toMatch(
      /kept for 400 days; use a later from$/,
    );
  });

  test('a range in the future and an empty range are refused', () => {
    expect(refusal('2026-02-01T00:00:00Z')).toBe(
      'from: is in the future; the statistics end now, so send an earlier instant',
    );
    expect(refusal('2026-01-15T11:00:00Z', '2026-01-15T11:00:00Z')).toBe(
      'to: must be later than from; send a later to, or an earlier from',
    );
  });
});
