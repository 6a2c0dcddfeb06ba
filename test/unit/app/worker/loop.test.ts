import { describe, expect, test } from 'vitest';
import type { Activity } from '../../../../lib/app/worker/activity.ts';
import { runActivities } from '../../../../lib/app/worker/loop.ts';
import { makeNotifier } from '../../../../lib/app/worker/notifier.ts';
import { UnavailableError } from '../../../../lib/domain/errors.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { until } from '../../../support/waiting.ts';

const START_MS = Date.parse('2030-01-01T00:00:00Z');

function open() {
  const clock = new ManualClock(START_MS);
  const notifier = makeNotifier(clock);
  const failures: unknown[] = [];
  const putOff: Record<string, unknown>[] = [];
  let isDone = false;
  const logger = {
    info: () => {},
    error: () => {},
    warn: (_: string, fields?: Record<string, unknown>) => void putOff.push(fields ?? {}),
  };
  return {
    clock,
    failures,
    putOff,
    finish: () => {
      isDone = true;
      notifier.notify();
    },
    run: (activities: readonly Activity[]) =>
      runActivities(activities, {
        clock,
        logger,
        notifier,
        isDone: () => isDone,
        onFailure: (error) => {
          failures.push(error);
          isDone = true;
        },
      }),
  };
}

describe('the loop of a worker', () => {
  test('the loop starts an activity at its instant, and not before', async () => {
    const { clock, run, finish } = open();
    let nextMs = START_MS + 100;
    const startedAtMs: number[] = [];
    const running = run([
      {
        name: 'every 100 ms',
        fromMs: () => nextMs,
        run: async (nowMs) => {
          startedAtMs.push(nowMs - START_MS);
          nextMs = nowMs + 100;
        },
      },
    ]);
    await clock.advanceBy(99);
    expect(startedAtMs).toEqual([]);
    await clock.advanceBy(201);
    expect(startedAtMs).toEqual([100, 200, 300]);
    finish();
    await running;
  });

  test('the loop runs an activity only once at a time, and waits for none of them', async () => {
    const { run, finish } = open();
    let starts = 0;
    let end = (): void => {};
    const slow: Activity = {
      name: 'slow',
      fromMs: () => (starts === 0 ? -Infinity : Infinity),
      run: () => {
        starts += 1;
        return new Promise((resolve) => (end = resolve));
      },
    };
    let others = 0;
    const quick: Activity = {
      name: 'quick',
      fromMs: () => (others < 5 ? -Infinity : Infinity),
      run: async () => void (others += 1),
    };
    const running = run([slow, quick]);
    await until(() => others === 5);
    expect(starts).toBe(1);
    finish();
    end();
    await running;
  });

  test('the loop ends only when nothing is under way', async () => {
    const { run, finish } = open();
    let end = (): void => {};
    let isOver = false;
    let hasStarted = false;
    const running = run([
      {
        name: 'slow',
        fromMs: () => (hasStarted ? Infinity : -Infinity),
        run: () => {
          hasStarted = true;
          return new Promise((resolve) => (end = resolve));
        },
      },
    ]).then(() => (isOver = true));
    await until(() => hasStarted);
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    end();
    await running;
  });

  test('the loop postpones an activity whose component does not answer, longer each time, and delays no other', async () => {
    const { clock, run, finish, failures, putOff } = open();
    const triedAtMs: number[] = [];
    let others = 0;
    const running = run([
      {
        name: 'unanswered',
        fromMs: () => -Infinity,
        run: (nowMs) => {
          triedAtMs.push(nowMs - START_MS);
          return Promise.reject(new UnavailableError('Redis'));
        },
      },
      {
        name: 'other',
        fromMs: () => START_MS + (others + 1) * 1_000,
        run: async () => void (others += 1),
      },
    ]);
    await clock.advanceBy(6_000);
    expect(triedAtMs).toEqual([0, 250, 750, 1_750, 3_750, 5_750]);
    expect(others).toBe(6);
    expect(putOff[0]).toMatchObject({ activity: 'unanswered', pauseMs: 250 });
    expect(failures).toEqual([]);
    finish();
    await running;
  });

  test('the loop forgets the pauses of an activity that has succeeded', async () => {
    const { clock, run, finish } = open();
    const triedAtMs: number[] = [];
    const running = run([
      {
        name: 'every other',
        fromMs: () => (triedAtMs.length < 4 ? -Infinity : Infinity),
        run: (nowMs) => {
          triedAtMs.push(nowMs - START_MS);
          return triedAtMs.length % 2 === 1
            ? Promise.reject(new UnavailableError('Redis'))
            : Promise.resolve();
        },
      },
    ]);
    await clock.advanceBy(1_000);
    expect(triedAtMs).toEqual([0, 250, 250, 500]);
    finish();
    await running;
  });

  test('the loop gives up on a component that has not answered for 20 s', async () => {
    const { clock, run, failures } = open();
    const running = run([
      {
        name: 'unanswered',
        fromMs: () => -Infinity,
        run: () => Promise.reject(new UnavailableError('PostgreSQL')),
      },
    ]);
    await clock.advanceBy(19_000);
    expect(failures).toEqual([]);
    await clock.advanceBy(3_000);
    await running;
    expect(failures).toHaveLength(1);
  });

  test('the loop ends at an error that is not an outage', async () => {
    const { run, failures } = open();
    const fault = new Error('a fault of our own');
    let hasRun = false;
    await run([
      {
        name: 'faulty',
        fromMs: () => (hasRun ? Infinity : -Infinity),
        run: async () => {
          hasRun = true;
          throw fault;
        },
      },
    ]);
    expect(failures).toEqual([fault]);
  });
});
