import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkingInBackground, makeCheckedClock } from '../../../lib/clock/checked-clock.ts';

const NOON = Date.parse('2026-01-15T12:00:00Z');

type Delays = { askMs: number; answerMs: number };

/**
 * A world with a true time, which the reference knows, and a host that may be wrong by some milliseconds.
 *
 * @param options.drift of monotonic time: how much it gains in a millisecond.
 */
function makeWorld({ hostIsAheadMs = 0, uptimeMs = 5_000, drift = 0 } = {}) {
  let trueMs = NOON;
  let stoodStillMs = 0;
  let delays: Delays = { askMs: 0, answerMs: 0 };
  const next: Delays[] = [];
  const corrections: number[] = [];
  const waiting: (() => void)[] = [];
  let failure: Error | undefined;
  let asked = 0;
  const clock = makeCheckedClock(
    {
      hostMs: () => trueMs + hostIsAheadMs,
      monotonicMs: () => uptimeMs + (trueMs - NOON - stoodStillMs) * (1 + drift),
      referenceMs: async () => {
        asked += 1;
        if (failure !== undefined) throw failure;
        const { askMs, answerMs } = next.shift() ?? delays;
        trueMs += askMs;
        const saidMs = Math.floor(trueMs);
        trueMs += answerMs;
        return saidMs;
      },
      wait: () => new Promise((resolve) => waiting.push(resolve)),
    },
    (byMs) => corrections.push(byMs),
  );
  return {
    clock,
    corrections,
    errorMs: () => clock.nowMs() - Math.floor(trueMs),
    questions: () => asked,
    pass: (ms: number) => (trueMs += ms),
    /** Time in which the environment is frozen and its monotonic clock stands still. */
    freeze: (ms: number) => {
      trueMs += ms;
      stoodStillMs += ms;
    },
    delay: (askMs: number, answerMs: number) => (delays = { askMs, answerMs }),
    /** For the next questions only, one each. */
    delayNext: (...those: Delays[]) => next.push(...those),
    fail: (error: Error) => (failure = error),
    isWaiting: () => waiting.length > 0,
    /** Lets the pending checks ask again. */
    askAgain: async () => {
      trueMs += 1_000;
      for (const wake of waiting.splice(0)) wake();
      for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
    },
  };
}

const delay = fc.double({ min: 0, max: 5_000, noNaN: true });

describe('a checked clock', () => {
  test("a checked clock follows the host's clock while nothing contradicts it", async () => {
    const world = makeWorld();
    world.delay(0.4, 0.4);
    await world.clock.check();
    expect([world.errorMs(), world.corrections]).toEqual([0, []]);
  });

  test.each([30_000, -30_000])(
    'a checked clock that starts %d ms ahead is corrected by its first check',
    async (aheadMs) => {
      const world = makeWorld({ hostIsAheadMs: aheadMs });
      expect(world.errorMs()).toBe(aheadMs);
      world.delay(1, 2);
      await world.clock.check();
      expect(world.errorMs()).toBe(-2);
      // Behind by the duration of the answer: 2 ms.
      expect(world.corrections).toEqual([-aheadMs - 2]);
    },
  );

  test("a checked clock does not follow the host's clock when that is set later", async () => {
    let hostMs = NOON;
    let monotonicMs = 0;
    const sources = {
      hostMs: () => hostMs,
      monotonicMs: () => monotonicMs,
      referenceMs: async () => NOON,
      wait: async () => {},
    };
    const clock = makeCheckedClock(sources, () => {});
    hostMs += 30_000;
    monotonicMs += 7;
    expect(clock.nowMs()).toBe(NOON + 7);
  });

  test('a checked clock continues as before when the reference does not answer', async () => {
    const world = makeWorld({ hostIsAheadMs: 50 });
    world.fail(new Error('away'));
    await expect(world.clock.check()).rejects.toThrow('away');
    expect(world.errorMs()).toBe(50);
  });

  test('a checked clock is never further off after a check than the question and its answer took, and not ahead once corrected', async () => {
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
          // Left unchanged, or behind.
          if (Math.abs(after - before) > 1) expect(after).toBeLessThanOrEqual(0);
        },
      ),
    );
  });

  test('a checked clock that is ahead is corrected even when PostgreSQL took long to answer', async () => {
    const world = makeWorld({ hostIsAheadMs: 5_000 });
    world.delay(6_000, 1);
    await world.clock.check();
    expect(world.errorMs()).toBeLessThanOrEqual(0);
  });

  test('a checked clock asks again after a slow answer, and uses the quick one', async () => {
    const world = makeWorld({ hostIsAheadMs: -50 });
    world.delayNext({ askMs: 1_000, answerMs: 9_000 });
    world.delay(1, 1);
    await world.clock.check();
    expect(world.errorMs()).toBe(-1);
  });

  test('a correct clock is not set back by slow answers after a quick one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 90, noNaN: true }),
        fc.array(fc.record({ askMs: delay, answerMs: delay, passMs: fc.nat(600_000) }), { maxLength: 20 }),
        fc.constantFrom(0, 50e-6, -50e-6),
        async (quickMs, checks, drift) => {
          const world = makeWorld({ drift });
          world.delay(quickMs / 2, quickMs / 2);
          await world.clock.check();
          const startedAt = world.clock.nowMs();
          let elapsedMs = 0;
          for (const { askMs, answerMs, passMs } of checks) {
            world.pass(passMs);
            world.delay(askMs, answerMs);
            await world.clock.check();
            elapsedMs = world.clock.nowMs() - startedAt;
            // Where monotonic time has drifted out of the bounds, the clock is set to the lower one.
            const driftedMs = drift === 0 ? 0 : 100 + elapsedMs * 100e-6;
            expect(world.errorMs()).toBeGreaterThanOrEqual(-2 - driftedMs);
          }
          expect(world.corrections).toEqual([]);
        },
      ),
    );
  });

  test('a checked clock is never ahead by more than a quick answer allows, regardless of its host and of how slow answers are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.array(
          fc.record({ askMs: delay, answerMs: delay, passMs: fc.nat(600_000), frozenMs: fc.nat(600_000) }),
          { minLength: 1, maxLength: 20 },
        ),
        fc.double({ min: -50e-6, max: 50e-6, noNaN: true }),
        async (hostIsAheadMs, checks, drift) => {
          const world = makeWorld({ hostIsAheadMs, drift });
          let elapsedMs = 0;
          for (const { askMs, answerMs, passMs, frozenMs } of checks) {
            world.freeze(frozenMs);
            world.pass(passMs);
            elapsedMs += passMs + 3 * (askMs + answerMs);
            world.delay(askMs, answerMs);
            await world.clock.check();
            expect(world.errorMs()).toBeLessThanOrEqual(102 + elapsedMs * 200e-6);
          }
        },
      ),
    );
  });

  test('a checked clock with only slow answers is behind, and correct again after the first quick answer', async () => {
    const world = makeWorld();
    world.delay(1_000, 1_000);
    await world.clock.check();
    expect([world.questions(), world.errorMs()]).toEqual([3, -1_000]);
    world.delay(1, 1);
    await world.askAgain();
    expect([world.questions(), world.errorMs()]).toEqual([4, 0]);
    expect(world.isWaiting()).toBe(false);
  });

  test('a checked clock combines all answers: one that returned quickly and one that arrived quickly are enough', async () => {
    const world = makeWorld({ hostIsAheadMs: 30 });
    world.delayNext({ askMs: 2_000, answerMs: 10 }, { askMs: 10, answerMs: 2_000 });
    await world.clock.check();
    expect([world.questions(), world.errorMs()]).toEqual([2, -11]);
  });

  test('a checked clock asks again in the background, one question at a time, for a minute at most', async () => {
    const world = makeWorld();
    world.delay(1_000, 1_000);
    await world.clock.check();
    await world.clock.check();
    for (let times = 0; times < 100; times += 1) await world.askAgain();
    expect(world.questions()).toBe(6 + 60);
  });

  test('a checked clock asks no more when the reference does not answer', async () => {
    const world = makeWorld();
    world.delay(1_000, 1_000);
    await world.clock.check();
    world.fail(new Error('away'));
    await world.askAgain();
    expect(world.isWaiting()).toBe(false);
  });

  test('a checked clock is not set back by time for which its environment was frozen during an answer', async () => {
    const world = makeWorld();
    world.delay(1, 1);
    await world.clock.check();
    world.delay(1, 300_000);
    await world.clock.check();
    expect([world.errorMs(), world.corrections]).toEqual([0, []]);
  });

  test('a checked clock whose monotonic time stood still while its environment was frozen is correct after the next check', async () => {
    const world = makeWorld();
    world.delay(1, 1);
    await world.clock.check();
    world.freeze(300_000);
    expect(world.errorMs()).toBe(-300_000);
    await world.clock.check();
    expect(world.errorMs()).toBe(-1);
  });

  test('a checked clock has whole milliseconds, and sleeps by its own time', async () => {
    const world = makeWorld({ hostIsAheadMs: 0.7 });
    world.pass(0.6);
    expect(Number.isInteger(world.clock.nowMs())).toBe(true);
    await world.clock.sleepUntil(world.clock.nowMs());
  });
});

test('a checked clock checks itself at intervals in the background, and a failure has no effect', () => {
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
