import { describe, expect, test } from 'vitest';
import { makeHeldWork } from '../../../../lib/app/worker/held-work.ts';
import { makeInFlight } from '../../../../lib/app/worker/in-flight.ts';
import { makeRunDeadline } from '../../../../lib/app/worker/run-deadline.ts';
import type { ExecutionPayload } from '../../../../lib/app/execution-payload.ts';

const NOW_MS = 1_000_000;
const WINDOW = 8;

const payload: ExecutionPayload = {
  jobId: 1,
  revision: 1,
  executionTimeMs: NOW_MS,
  url: 'http://one.example/',
  method: 'POST',
  content: { headers: {}, body: null },
  type: 'AT_LEAST_ONCE',
  maxRetryCount: 0,
  timeoutMs: 1_000,
};

function open() {
  const inFlight = makeInFlight({ maxInFlight: WINDOW });
  const deadline = makeRunDeadline(NOW_MS + 180_000);
  const held = makeHeldWork({ inFlight, deadline, maxRequestMs: 1_000 });
  const addDue = (count: number, host = 'http://one.example'): void =>
    held.add(
      Array.from({ length: count }, (_, id) => ({
        id,
        dueMs: NOW_MS,
        payload,
        host,
        blockedSinceMs: undefined,
        claimToken: undefined,
      })),
    );
  return { inFlight, held, addDue };
}

describe('a burst to an unknown host', () => {
  test('the rest of a burst is snoozed when its host has not answered after 250 ms', () => {
    const { held, addDue } = open();
    addDue(20);
    expect(held.admitDue(NOW_MS, NOW_MS).admitted).toHaveLength(6);
    expect(held.snoozeFromMs()).toBe(NOW_MS + 250);
    expect(held.leaveToSnooze(NOW_MS + 250)).toHaveLength(14);
  });

  test('the rest of a burst is not snoozed once its host has answered, even while the window is full', () => {
    const { inFlight, held, addDue } = open();
    addDue(20);
    const first = held.admitDue(NOW_MS, NOW_MS).admitted;
    for (const { slot } of first) inFlight.sent(slot, NOW_MS);
    for (const { slot } of first) inFlight.end(slot, NOW_MS + 200, 'ended');
    held.unblock();
    expect(held.admitDue(NOW_MS + 200, NOW_MS + 200).admitted).toHaveLength(WINDOW);
    expect(held.snoozeFromMs()).toBe(Infinity);
    expect(held.leaveToSnooze(NOW_MS + 250)).toEqual([]);
    expect([held.countBlocked(), held.countDue(NOW_MS)]).toEqual([0, 6]);
  });
});
