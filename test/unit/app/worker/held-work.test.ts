import { describe, expect, test } from 'vitest';
import { snoozedUntil } from '../../../../lib/app/worker/activities/snooze.ts';
import { makeHeldOrigins } from '../../../../lib/app/worker/held-origins.ts';
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

const due = {
  dueMs: NOW_MS,
  queueDueMs: NOW_MS,
  host: 'http://one.example',
  blockedSinceMs: undefined,
  claimToken: undefined,
};

function open({ claimAhead = 0 } = {}) {
  const inFlight = makeInFlight({ maxInFlight: WINDOW, claimAhead: () => claimAhead });
  const deadline = makeRunDeadline(NOW_MS + 180_000);
  const heldOrigins = makeHeldOrigins({ maxRetryAfterMs: 60_000 });
  const held = makeHeldWork({ inFlight, heldOrigins, deadline, maxRequestMs: 1_000 });
  const addDue = (count: number, host = 'http://one.example'): void =>
    held.add(Array.from({ length: count }, (_, id) => ({ ...due, id, payload, host })));
  return { inFlight, heldOrigins, held, addDue };
}

describe('a burst to an unknown host', () => {
  test('the rest of a burst is snoozed when its host has not answered after 250 ms', () => {
    const { held, addDue } = open();
    addDue(20);
    expect(held.admitDue(NOW_MS, NOW_MS).admitted).toHaveLength(6);
    expect([held.countAside(), held.countBlocked()]).toEqual([0, 14]);
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
    expect([held.countAside(), held.countBlocked(), held.countDue(NOW_MS)]).toEqual([0, 0, 6]);
  });
});

test('executions that a host has no room for ahead of free slots wait for the window, and are not snoozed', () => {
  const { inFlight, held, addDue } = open({ claimAhead: 8 });
  addDue(40);
  const first = held.admitDue(NOW_MS, NOW_MS).admitted;
  for (const { slot } of first) inFlight.sent(slot, NOW_MS);
  for (const { slot } of first) inFlight.end(slot, NOW_MS + 200, 'ended');
  held.unblock();
  const { admitted } = held.admitDue(NOW_MS + 200, NOW_MS + 200);
  expect(admitted.length).toBeGreaterThanOrEqual(WINDOW);
  expect(admitted.length).toBeLessThan(WINDOW + 8);
  expect([held.countAside(), held.countBlocked(), held.countDue(NOW_MS)]).toEqual([
    0,
    0,
    40 - first.length - admitted.length,
  ]);
  expect([held.snoozeFromMs(), inFlight.hasRoom(), inFlight.isFull()]).toEqual([Infinity, false, true]);
  inFlight.end(admitted[0]!.slot, NOW_MS + 210, 'ended');
  expect([inFlight.hasRoom(), inFlight.isFull()]).toEqual([true, false]);
});

describe('executions whose origin has asked for a pause', () => {
  test('executions of a paused origin are snoozed until its end without a slot, while other origins are admitted', () => {
    const { heldOrigins, held, addDue } = open();
    heldOrigins.hold(payload.url, NOW_MS + 30_000, NOW_MS);
    addDue(3);
    held.add([
      { ...due, id: 9, payload: { ...payload, url: 'http://two.example/' }, host: 'http://two.example' },
    ]);
    expect(held.admitDue(NOW_MS, NOW_MS).admitted.map(({ execution }) => execution.id)).toEqual([9]);
    expect(held.leaveToSnooze(NOW_MS).map((execution) => snoozedUntil(execution, NOW_MS))).toEqual([
      NOW_MS + 30_000,
      NOW_MS + 30_000,
      NOW_MS + 30_000,
    ]);
    addDue(3);
    expect(held.admitDue(NOW_MS + 30_000, NOW_MS + 30_000).admitted).toHaveLength(3);
  });

  test('an execution that is due when the pause ends is admitted shortly before', () => {
    const { heldOrigins, held } = open();
    heldOrigins.hold(payload.url, NOW_MS + 30_000, NOW_MS);
    held.add([{ ...due, id: 1, payload, dueMs: NOW_MS + 30_000 }]);
    expect(held.admitDue(NOW_MS + 29_950, NOW_MS + 30_000).admitted).toHaveLength(1);
  });

  test('an execution is held back no longer than its age and a day, and then admitted', () => {
    const { heldOrigins, held } = open();
    heldOrigins.hold(payload.url, NOW_MS + 30_000, NOW_MS);
    const young = { ...payload, executionTimeMs: NOW_MS, maxAgeSeconds: 10 };
    held.add([{ ...due, id: 1, payload: young }]);
    expect(held.admitDue(NOW_MS, NOW_MS).admitted).toEqual([]);
    const [snoozed] = held.leaveToSnooze(NOW_MS);
    expect(snoozedUntil(snoozed!, NOW_MS)).toBe(NOW_MS + 11_000);
    held.add([
      { ...due, id: 1, payload: { ...young, executionTimeMs: NOW_MS - 10_001 } },
      { ...due, id: 2, payload: { ...payload, executionTimeMs: NOW_MS - 86_400_001 } },
    ]);
    expect(held.admitDue(NOW_MS, NOW_MS).admitted).toHaveLength(2);
  });
});
