import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeldExecution } from '../../../../lib/app/worker/held-execution.ts';
import { makeHeldOrigins } from '../../../../lib/app/worker/held-origins.ts';
import { type Admitted, makeHeldWork } from '../../../../lib/app/worker/held-work.ts';
import { makeInFlight } from '../../../../lib/app/worker/in-flight.ts';
import { makeRunDeadline } from '../../../../lib/app/worker/run-deadline.ts';

const NOW_MS = 1_000_000;
/** So large that 128 large bodies reach their limit before unknown hosts reach theirs, which is 150 requests. */
const WINDOW = 200;
const SNOOZED_AFTER_MS = 250;

/** Held work, and every held execution as its caller knows it. */
function open() {
  let nowMs = NOW_MS;
  let ids = 0;
  const inFlight = makeInFlight({ maxInFlight: WINDOW });
  const held = makeHeldWork({
    inFlight,
    heldOrigins: makeHeldOrigins({ maxRetryAfterMs: 60_000 }),
    deadline: makeRunDeadline(NOW_MS + 900_000),
    maxRequestMs: 1_000,
  });
  const inside = new Set<HeldExecution>();
  const out: Admitted[] = [];
  /** Hosts whose executions were snoozed, and of which none was admitted since then. */
  const silent = new Set<string | undefined>();
  /** Executions were snoozed when none that waited had been admitted for 250 ms. Since then others wait, and none was admitted. */
  let isStuck = false;
  let admittedBlockedMs = -Infinity;

  const toExecution = (host: string, isLarge: boolean): HeldExecution => ({
    id: (ids += 1),
    dueMs: nowMs,
    queueDueMs: nowMs,
    host,
    blockedSinceMs: undefined,
    claimToken: undefined,
    payload: {
      jobId: 1,
      revision: 1,
      executionTimeMs: nowMs,
      url: host,
      method: 'POST',
      type: 'AT_LEAST_ONCE',
      maxRetryCount: 0,
      timeoutMs: 1_000,
      content: isLarge ? undefined : { headers: {}, body: null },
    },
  });

  const blocked = () => [...inside].filter(({ blockedSinceMs }) => blockedSinceMs !== undefined);
  const hold = (executions: readonly HeldExecution[]): void => {
    held.add(executions);
    executions.forEach((execution) => inside.add(execution));
  };

  return {
    add: (host: string, count: number, isLarge = false): void =>
      hold(Array.from({ length: count }, () => toExecution(host, isLarge))),
    admit: (): void => {
      const waited = new Set(blocked());
      const { admitted } = held.admitDue(nowMs, nowMs);
      for (const one of admitted) {
        inside.delete(one.execution);
        silent.delete(one.execution.host);
        if (waited.has(one.execution)) [isStuck, admittedBlockedMs] = [false, nowMs];
        out.push(one);
      }
      if (blocked().length === 0) isStuck = false;
    },
    snoozeAfter: (byMs: number): void => {
      nowMs += byMs;
      for (const execution of held.leaveToSnooze(nowMs)) {
        inside.delete(execution);
        silent.add(execution.host);
        isStuck ||= nowMs - admittedBlockedMs >= SNOOZED_AFTER_MS;
      }
    },
    answer: (count: number): void => {
      for (const { slot } of out.splice(0, count)) {
        inFlight.sent(slot, nowMs);
        inFlight.end(slot, nowMs, 'ended');
        held.unblock();
      }
    },
    /** As after a claim that PostgreSQL did not answer. */
    holdAgain: (count: number): void => {
      const batch = out.splice(0, count);
      for (const { slot } of batch) inFlight.free(slot);
      hold(batch.map(({ execution }) => execution));
      held.unblock();
    },
    giveBackDue: (): void => held.leaveDue(nowMs).forEach((execution) => inside.delete(execution)),
    leave: (): void => held.leave().forEach((execution) => inside.delete(execution)),
    counts: () => [held.countBlocked(), held.countAside(), held.size()],
    expected: () => {
      const all = blocked();
      const inTime = isStuck ? 0 : all.filter(({ host }) => !silent.has(host)).length;
      return [inTime, all.length - inTime, inside.size];
    },
  };
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    host: fc.constantFrom('a', 'b', 'c'),
    count: fc.constantFrom(1, 5, 140),
    isLarge: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('pass' as const), byMs: fc.constantFrom(0, 100, SNOOZED_AFTER_MS) }),
  fc.record({
    kind: fc.constantFrom('answer' as const, 'holdAgain' as const),
    count: fc.constantFrom(1, 130),
  }),
  fc.record({ kind: fc.constantFrom('giveBackDue' as const, 'leave' as const) }),
);

describe('the counts of blocked executions', () => {
  test('they agree with what is held, in any order of admissions, responses and snoozes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const work = open();
        for (const one of steps) {
          if (one.kind === 'add') work.add(one.host, one.count, one.isLarge);
          else if (one.kind === 'pass') work.snoozeAfter(one.byMs);
          else if (one.kind === 'answer') work.answer(one.count);
          else if (one.kind === 'holdAgain') work.holdAgain(one.count);
          else work[one.kind]();
          expect(work.counts()).toEqual(work.expected());
          work.admit();
          expect(work.counts()).toEqual(work.expected());
        }
      }),
      { numRuns: 500 },
    );
  });

  test('large bodies of a silent host count again once a small request to it is admitted', () => {
    const work = open();
    work.add('a', 135, true);
    work.admit();
    work.snoozeAfter(200);
    work.answer(1);
    work.admit();
    expect(work.counts()).toEqual([6, 0, 6]);
    work.snoozeAfter(50);
    expect(work.counts()).toEqual([0, 0, 0]);
    work.add('a', 3, true);
    work.admit();
    expect(work.counts()).toEqual([0, 3, 3]);
    work.add('a', 1);
    work.admit();
    expect(work.counts()).toEqual([3, 0, 3]);
  });

  test('while hosts leave no room to any other, executions of further hosts take none either', () => {
    const work = open();
    work.add('a', 160);
    work.admit();
    expect(work.counts()).toEqual([10, 0, 10]);
    work.snoozeAfter(SNOOZED_AFTER_MS);
    work.add('b', 30);
    work.add('c', 30);
    work.admit();
    expect(work.counts()).toEqual([0, 58, 58]);
    work.answer(1);
    work.admit();
    expect(work.counts()).toEqual([47, 0, 47]);
  });
});
