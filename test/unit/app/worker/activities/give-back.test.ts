import { describe, expect, test } from 'vitest';
import { makeGiveBack } from '../../../../../lib/app/worker/activities/give-back.ts';
import { toHeld } from '../../../../../lib/app/worker/held-execution.ts';
import { makeHeldOrigins } from '../../../../../lib/app/worker/held-origins.ts';
import { makeHeldWork } from '../../../../../lib/app/worker/held-work.ts';
import { makeInFlight } from '../../../../../lib/app/worker/in-flight.ts';
import { makeInHand } from '../../../../../lib/app/worker/in-hand.ts';
import { makeRunMode } from '../../../../../lib/app/worker/mode.ts';
import { makeRunDeadline } from '../../../../../lib/app/worker/run-deadline.ts';
import type { Queue } from '../../../../../lib/redis/queue.ts';

const WINDOW = 8;
const NOW_MS = 1_000_000;

function open() {
  const released: Parameters<Queue['release']>[0]['entries'][number][] = [];
  const inFlight = makeInFlight({ maxInFlight: WINDOW });
  const held = makeHeldWork({
    inFlight,
    heldOrigins: makeHeldOrigins({ maxRetryAfterMs: 60_000 }),
    deadline: makeRunDeadline(NOW_MS + 180_000),
    maxRequestMs: 1_000,
  });
  const giveBack = makeGiveBack({
    queue: {
      release: async ({ entries }) => {
        released.push(...entries);
        return entries.length;
      },
    },
    workerId: 'worker',
    mode: makeRunMode(() => {}),
    held,
    inHand: makeInHand(),
    inFlight: { hasRoom: () => false },
    wakeOthers: { send: () => {}, settled: () => Promise.resolve() },
    onGivenBack: () => {},
    settings: { jobsPerWakeUp: 100, maxFanOut: 20 },
  });
  const hold = (count: number, dueMs: number | undefined, nowMs: number, payload?: string): void =>
    held.add(Array.from({ length: count }, (_, id) => toHeld({ id, dueMs, payload }, nowMs)));
  return { giveBack, hold, released };
}

const payloadOf = (executionTimeMs: number): string =>
  JSON.stringify({
    jobId: 1,
    revision: 1,
    executionTimeMs,
    url: 'http://one.example/',
    method: 'POST',
    headers: {},
    body: null,
    type: 'AT_LEAST_ONCE',
    maxRetryCount: 0,
    timeoutMs: 1_000,
  });

describe('due executions behind a full window', () => {
  test('due executions behind a full window all go back when the first has waited for 500 ms, so that none is sent before an earlier one', async () => {
    const { giveBack, hold, released } = open();
    hold(2, undefined, NOW_MS);
    hold(3, undefined, NOW_MS + 400);
    hold(1, NOW_MS + 9_000, NOW_MS + 400);
    expect(giveBack.fromMs()).toBe(NOW_MS + 500);
    await giveBack.run(NOW_MS + 500);
    expect(released).toHaveLength(5);
  });

  test('an execution that was due when it was taken goes back with its execution time', async () => {
    const { giveBack, hold, released } = open();
    hold(1, undefined, NOW_MS, payloadOf(NOW_MS - 20_000));
    await giveBack.run(NOW_MS + 500);
    expect(released).toEqual([{ id: 0, dueMs: NOW_MS - 20_000 }]);
  });

  test('an execution that was taken ahead goes back with its due instant', async () => {
    const { giveBack, hold, released } = open();
    hold(1, NOW_MS + 100, NOW_MS, payloadOf(NOW_MS - 20_000));
    await giveBack.run(NOW_MS + 600);
    expect(released).toEqual([{ id: 0, dueMs: NOW_MS + 100 }]);
  });
});
