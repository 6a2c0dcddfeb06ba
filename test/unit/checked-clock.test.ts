import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkingInBackground, makeCheckedClock } from '../../lib/checked-clock.ts';

const NOON = Date.parse('2026-01-15T12:00:00Z');

/** A world with a true time, which the reference knows, and a host that may be wrong by some milliseconds. */
function makeWorld({ hostIsAheadMs = 0, uptimeMs = 5_000 } = {}) {
  let trueMs = NOON;
  let delays = { askMs: 0, answerMs: 0 };
  let first: typeof delays | undefined;
  const corrections: number[] = [];
  let failure: Error | undefined;
  const clock = makeCheckedClock(
    {
      hostMs: () => trueMs + hostIsAheadMs,
      monotonicMs: () => uptimeMs + trueMs - NOON,
      referenceMs: async () => {
        if (failure !== undefined) throw failure;
        const { askMs, answerMs } = first ?? delays;
        first = undefined;
        trueMs += askMs;
        const saidMs = Math.floor(trueMs);
        trueMs += answerMs;
        return saidMs;
      },
    },
    (byMs) => corrections.push(byMs),
  );
  return {
    clock,
    corrections,
    errorMs: () => clock.nowMs() - Math.floor(trueMs),
    pass: (ms: number) => (trueMs += ms),
    delay: (askMs: number, answerMs: number) => (delays = { askMs, answerMs }),
    /** Of the next question alone. */
    delayOnce: (askMs: number, answerMs: number) => (first = { askMs, answerMs }),
    fail: (error: Error) => (failure = error),
  };
}

describe('a checked clock', () => {
  test('is the host’s while nothing contradicts it', async () => {
    const world = makeWorld();
    world.delay(0.4, 0.4);
    await world.clock.check();
    expect([world.errorMs(), world.corrections]).toEqual([0, []]);
  });

  test.each([30_000, -30_000])('that starts %d ms ahead is set right by its first check', async (aheadMs) => {
    const world = makeWorld({ hostIsAheadMs: aheadMs });
    expect(world.errorMs()).toBe(aheadMs);
    world.delay(1, 2);
    await world.clock.check();
    expect(world.errorMs()).toBe(-2);
    // Behind by the way of the answer: 2 ms.
    expect(world.corrections).toEqual([-aheadMs - 2]);
  });

  test('does not follow the host’s clock when that is set later', async () => {
    let hostMs = NOON;
    let monotonicMs = 0;
    const sources = { hostMs: () => hostMs, monotonicMs: () => monotonicMs, referenceMs: async () => NOON };
    const clock = makeCheckedClock(sources, () => {});
    hostMs += 30_000;
    monotonicMs += 7;
    expect(clock.nowMs()).toBe(NOON + 7);
  });

  test('goes on as before when the reference does not answer', async () => {
    const world = makeWorld({ hostIsAheadMs: 50 });
    world.fail(new Error('away'));
    await expect(world.clock.check()).rejects.toThrow('away');
    expect(world.errorMs()).toBe(50);
  });

  test('is after a check never further off than the question and its answer took, nor ahead of it once set', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 5_000, noNaN: true }),
        fc.double({ min: 0, max: 5_000, noNaN: true }),
        async (hostIsAheadMs, askMs, answerMs) => {
          const world = makeWorld({ hostIsAheadMs });
          world.delay(askMs, answerMs);
          const before = world.errorMs();
          await world.clock.check();
          const after = world.errorMs();
          expect(Math.abs(after)).toBeLessThanOrEqual(askMs + answerMs + 2);
          // Left alone, or behind.
          if (Math.abs(after - before) > 1) expect(after).toBeLessThanOrEqual(0);
        },
      ),
    );
  });

  test('that is ahead is not left alone because PostgreSQL was long in answering', async () => {
    const world = makeWorld({ hostIsAheadMs: 5_000 });
    world.delay(6_000, 1);
    await world.clock.check();
    expect(world.errorMs()).toBeLessThanOrEqual(0);
  });

  test('asks again when an answer took long, and goes by the quick one', async () => {
    const world = makeWorld({ hostIsAheadMs: -50 });
    world.delayOnce(1_000, 9_000);
    world.delay(1, 1);
    await world.clock.check();
    expect(world.errorMs()).toBe(-1);
  });

  test('has whole milliseconds, and sleeps by its own time', async () => {
    const world = makeWorld({ hostIsAheadMs: 0.7 });
    world.pass(0.6);
    expect(Number.isInteger(world.clock.nowMs())).toBe(true);
    await world.clock.sleepUntil(world.clock.nowMs());
  });
});

test('a check in the background is made now and then, and its failure is nobody’s', () => {
  let checks = 0;
  let nowMs = 1_000;
  const clock = {
    nowMs: () => nowMs,
    sleepUntil: () => Promise.resolve(),
    check: () => {
      checks += 1;
      return Promise.reject(new Error('away'));
    },
  };
  const check = checkingInBackground(clock, { everyMs: 60_000, monotonicMs: () => nowMs });
  check();
  check();
  expect(checks).toBe(1);
  nowMs += 59_999;
  check();
  expect(checks).toBe(1);
  nowMs += 1;
  check();
  expect(checks).toBe(2);
});
