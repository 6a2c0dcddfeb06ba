import { describe, expect, test } from 'vitest';
import { snoozedUntil } from '../../../../lib/app/worker/activities/snooze.ts';
import { makeRunMode } from '../../../../lib/app/worker/mode.ts';
import { MAX_HELD, makePace } from '../../../../lib/app/worker/pace.ts';
import { makeWakeOthers } from '../../../../lib/app/worker/wake-others.ts';
import type { PlannedWakeUps } from '../../../../lib/domain/wake-up-plan.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { until } from '../../../support/waiting.ts';

const logger = { info: () => {}, warn: () => {}, error: () => {} };

describe('an execution whose host has no room', () => {
  const nowMs = Date.parse('2030-01-01T10:00:00.500Z');
  test.each([
    { waitedMs: 0, untilMs: 1_500 },
    { waitedMs: 900, untilMs: 1_500 },
    { waitedMs: 4_000, untilMs: 4_500 },
    { waitedMs: 4_600, untilMs: 5_500 },
    { waitedMs: 3_600_000, untilMs: 60_500 },
  ])(
    'and has waited $waitedMs ms is snoozed until $untilMs ms from now, a whole second',
    ({ waitedMs, untilMs }) => {
      const execution = { payload: undefined, dueMs: nowMs - waitedMs };
      expect(snoozedUntil(execution, nowMs) - nowMs).toBe(untilMs);
    },
  );
});

describe('the mode of a run', () => {
  test('a run leaves the mode working once, and the first reason counts', () => {
    const mode = makeRunMode(() => {});
    expect(mode.isWorking()).toBe(true);
    mode.leave('closing');
    mode.leave('stopping');
    expect([mode.is(), mode.isWorking()]).toEqual(['closing', false]);
  });

  test('a run becomes failed from any other mode, with the first failure', () => {
    const mode = makeRunMode(() => {});
    mode.leave('stopping');
    mode.leave('failed', 'the first');
    mode.leave('failed', 'another');
    mode.leave('closing');
    expect([mode.is(), mode.failure()]).toEqual(['failed', 'the first']);
  });

  test('a run reports each change of its mode', () => {
    let changes = 0;
    const mode = makeRunMode(() => (changes += 1));
    mode.leave('closing');
    mode.leave('closing');
    mode.leave('failed');
    expect(changes).toBe(2);
  });
});

describe('the pace of an environment', () => {
  test.each([
    { meanMs: 1_000, holds: 100 },
    { meanMs: 250, holds: 100 },
    { meanMs: 100, holds: 250 },
    { meanMs: 20, holds: 1_250 },
    { meanMs: 1, holds: MAX_HELD },
    { meanMs: 0, holds: MAX_HELD },
  ])('an environment may hold $holds when requests take $meanMs ms', ({ meanMs, holds }) => {
    const pace = makePace({ maxInFlight: 100 });
    pace.recordRequest(meanMs);
    expect(pace.holdLimit()).toBe(holds);
  });

  test('an environment may hold fewer due executions than later ones, and still fewer when claims take long', () => {
    const pace = makePace({ maxInFlight: 100 });
    pace.recordRequest(5);
    expect(pace.dueLimit()).toBe(1_600);
    pace.recordClaim(45);
    expect([pace.holdLimit(), pace.dueLimit()]).toEqual([MAX_HELD, 160]);
    expect(makePace({ maxInFlight: 100 }).dueLimit()).toBe(100);
  });

  test.each([
    { requestMs: undefined, claimMs: 5, ahead: 0 },
    { requestMs: 5, claimMs: undefined, ahead: 0 },
    { requestMs: 1_000, claimMs: 4, ahead: 0 },
    { requestMs: 100, claimMs: 4, ahead: 8 },
    { requestMs: 20, claimMs: 4, ahead: 40 },
    { requestMs: 5, claimMs: 5, ahead: 80 },
    { requestMs: 0, claimMs: 1_000, ahead: 80 },
  ])(
    'an environment claims $ahead executions ahead when requests take $requestMs ms and claims $claimMs ms',
    ({ requestMs, claimMs, ahead }) => {
      const pace = makePace({ maxInFlight: 100 });
      if (requestMs !== undefined) pace.recordRequest(requestMs);
      if (claimMs !== undefined) pace.recordClaim(claimMs);
      expect(pace.claimAhead()).toBe(ahead);
    },
  );

  test.each([
    { maxInFlight: 1, ahead: 1 },
    { maxInFlight: 8, ahead: 8 },
    { maxInFlight: 750, ahead: 50 },
    { maxInFlight: 800, ahead: 0 },
  ])('an environment with a window of $maxInFlight claims at most $ahead ahead', ({ maxInFlight, ahead }) => {
    const pace = makePace({ maxInFlight });
    pace.recordRequest(5);
    pace.recordClaim(50);
    expect(pace.claimAhead()).toBe(ahead);
  });

  test('an environment may hold one window while nothing is known', () => {
    expect(makePace({ maxInFlight: 100 }).holdLimit()).toBe(100);
  });

  test("an environment's pace follows hosts that become slow within a few windows", () => {
    const pace = makePace({ maxInFlight: 100 });
    for (let request = 0; request < 100; request += 1) pace.recordRequest(5);
    expect(pace.holdLimit()).toBe(MAX_HELD);
    for (let request = 0; request < 100; request += 1) pace.recordRequest(1_000);
    expect(pace.holdLimit()).toBe(100);
  });
});

describe('wake-ups that a run sends', () => {
  function open() {
    const clock = new ManualClock();
    const calls: PlannedWakeUps[][] = [];
    const answers: (() => void)[] = [];
    const wakeOthers = makeWakeOthers({
      clock,
      logger,
      publishWakeUps: (plan) => {
        calls.push([...plan]);
        return new Promise((resolve) => answers.push(resolve));
      },
    });
    return { clock, calls, answers, wakeOthers };
  }

  test('wake-ups gather while SQS does not answer, and are sent in one call', async () => {
    const { calls, answers, wakeOthers } = open();
    wakeOthers.send([{ delaySeconds: 0, count: 1 }]);
    wakeOthers.send([{ delaySeconds: 2, count: 3 }]);
    wakeOthers.send([{ delaySeconds: 2, count: 1 }]);
    expect(calls).toEqual([[{ delaySeconds: 0, count: 1 }]]);
    answers[0]?.();
    await until(() => calls.length === 2);
    expect(calls[1]).toEqual([{ delaySeconds: 2, count: 4 }]);
  });

  test('wake-ups that waited arrive at the instant they were meant for', async () => {
    const { clock, calls, answers, wakeOthers } = open();
    wakeOthers.send([{ delaySeconds: 0, count: 1 }]);
    wakeOthers.send([
      { delaySeconds: 10, count: 1 },
      { delaySeconds: 1, count: 1 },
    ]);
    await clock.advanceBy(4_005);
    answers[0]?.();
    await until(() => calls.length === 2);
    // Rounded up: earlier, the worker might come before it may take the work.
    expect(calls[1]).toEqual([
      { delaySeconds: 6, count: 1 },
      { delaySeconds: 0, count: 1 },
    ]);
  });

  test('a run waits at its end for its wake-ups, for 3 s at most', async () => {
    const { clock, wakeOthers } = open();
    await wakeOthers.settled();
    wakeOthers.send([{ delaySeconds: 0, count: 1 }]);
    let isSettled = false;
    const settling = wakeOthers.settled().then(() => (isSettled = true));
    await clock.advanceBy(2_999);
    expect(isSettled).toBe(false);
    await clock.advanceBy(1);
    await settling;
  });
});
