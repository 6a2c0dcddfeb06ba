import { describe, expect, test } from 'vitest';
import {
  isQuiet,
  isSettled,
  isSleptOut,
  lookAheadWhenResuming,
  sleepUntil,
  ticksInTimeFor,
  type Hibernation,
} from '../../../lib/domain/hibernation.ts';

const NOW = Date.parse('2030-03-04T10:00:00Z');
const MINUTE = 60_000;
const LOOK_AHEAD = 4 * MINUTE;
const at = (minutes: number) => new Date(NOW + minutes * MINUTE);
const outlook = (minutes: number | null, hasOpenWork = false) => ({
  nextDueAt: minutes === null ? null : at(minutes),
  hasOpenWork,
});
const asleepUntil = (minutes: number | null): Hibernation => ({
  state: 'asleep',
  sleepsUntil: minutes === null ? null : at(minutes),
  settlesAt: null,
});

describe('a Belfry without upcoming work', () => {
  test.each([
    ['nothing is due', outlook(null), true],
    ['nothing is due for 15 minutes', outlook(15), true],
    ['something is due before', outlook(14.99), false],
    ['something is overdue', outlook(-1), false],
    ['an execution waits or runs', outlook(null, true), false],
  ])('whether Belfry may hibernate when %s: %s → %s', (_, next, quiet) => {
    expect(isQuiet(next, NOW, LOOK_AHEAD)).toBe(quiet);
  });

  test('Belfry may hibernate only for longer than 15 minutes when ticks look ahead that far', () => {
    expect(isQuiet(outlook(20), NOW, 15 * MINUTE)).toBe(false);
    expect(isQuiet(outlook(21), NOW, 15 * MINUTE)).toBe(true);
  });
});

describe('a hibernation', () => {
  test('a hibernation ends the look-ahead and one minute before the next job is due', () => {
    expect(sleepUntil(outlook(60), NOW, LOOK_AHEAD)).toEqual(at(55));
  });

  test('a hibernation ends on a whole second, never after its intended end', () => {
    const nextDueAt = new Date(NOW + 60 * MINUTE + 999);
    expect(sleepUntil({ nextDueAt, hasOpenWork: false }, NOW, LOOK_AHEAD)).toEqual(at(55));
  });

  test('a hibernation ends after 12 hours at most', () => {
    expect(sleepUntil(outlook(null), NOW, LOOK_AHEAD)).toEqual(at(12 * 60));
    expect(sleepUntil(outlook(24 * 60), NOW, LOOK_AHEAD)).toEqual(at(12 * 60));
  });

  test('the end of a hibernation lies ahead whenever Belfry may hibernate', () => {
    for (const lookAhead of [1, 2, 5, 14, 15].map((minutes) => minutes * MINUTE)) {
      const quiet = Array.from({ length: 40 }, (_, minutes) => outlook(minutes)).filter((next) =>
        isQuiet(next, NOW, lookAhead),
      );
      expect(quiet.length).toBeGreaterThan(0);
      for (const next of quiet)
        expect(sleepUntil(next, NOW, lookAhead).getTime()).toBeGreaterThanOrEqual(NOW + 5 * MINUTE);
    }
  });

  test.each([
    ['the job it was made for', 60, 55, true],
    ['a later job', 61, 55, true],
    ['one due sooner', 59.9, 55, false],
    ['one due at once', 0, 55, false],
    ['any, while the one-time tick is on its way', 60, -3, true],
    ['none, when the one-time tick did not come', 60, -3.1, false],
    ['none, when there is no one-time tick', 60, null, false],
  ])('whether a hibernation ends in time for %s', (_, dueMinutes, untilMinutes, inTime) => {
    const dueMs = at(dueMinutes).getTime();
    expect(ticksInTimeFor(dueMs, asleepUntil(untilMinutes), NOW, LOOK_AHEAD)).toBe(inTime);
  });

  test('a hibernation is over after its end, by any clock', () => {
    expect(isSleptOut(asleepUntil(0), NOW)).toBe(true);
    expect(isSleptOut(asleepUntil(0), NOW - 5_000)).toBe(true);
    expect(isSleptOut(asleepUntil(0), NOW - 5_001)).toBe(false);
    expect(isSleptOut(asleepUntil(null), NOW)).toBe(false);
  });

  test('a hibernation is settled when no tick is entering it any more', () => {
    expect(isSettled(asleepUntil(1), NOW)).toBe(true);
    expect(isSettled({ ...asleepUntil(1), settlesAt: new Date(NOW) }, NOW)).toBe(true);
    expect(isSettled({ ...asleepUntil(1), settlesAt: new Date(NOW + 1) }, NOW)).toBe(false);
  });
});

test('the call that turns the minute tick on dispatches past its first tick, and up to the job that the hibernation ended for', () => {
  expect(lookAheadWhenResuming(MINUTE)).toBe(4 * MINUTE);
  expect(lookAheadWhenResuming(LOOK_AHEAD)).toBe(5 * MINUTE);
  expect(lookAheadWhenResuming(15 * MINUTE)).toBe(15 * MINUTE);
});
