import { describe, expect, test } from 'vitest';
import { makeAttempts } from '../../../../lib/app/worker/attempts.ts';
import type { ClaimedAttempt } from '../../../../lib/app/worker/claim-taken.ts';
import { toHeld } from '../../../../lib/app/worker/held-execution.ts';
import { makeHeldOrigins } from '../../../../lib/app/worker/held-origins.ts';
import { makeHeldWork } from '../../../../lib/app/worker/held-work.ts';
import { makeInFlight } from '../../../../lib/app/worker/in-flight.ts';
import { makePace } from '../../../../lib/app/worker/pace.ts';
import { makeRunDeadline } from '../../../../lib/app/worker/run-deadline.ts';
import { UnavailableError } from '../../../../lib/domain/errors.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const maxInFlight = 10;

/** A run whose claims PostgreSQL never answers. */
function open() {
  const clock = new ManualClock();
  const inFlight = makeInFlight({ maxInFlight });
  const deadline = makeRunDeadline(clock.nowMs() + 180_000);
  const heldOrigins = makeHeldOrigins({ maxRetryAfterMs: 60_000 });
  const held = makeHeldWork({ inFlight, heldOrigins, deadline, maxRequestMs: 1_000 });
  const claims: [token: string, ids: number[]][] = [];
  let tokens = 0;
  const attempts = makeAttempts({
    clock,
    held,
    inFlight,
    heldOrigins,
    settings: { maxInFlight, maxRetryAfterMs: 60_000 },
    pace: makePace({ maxInFlight }),
    newClaimToken: () => `token ${(tokens += 1)}`,
    claimTaken: async (taken, claimToken) => {
      claims.push([claimToken, taken.map(({ id }) => id)]);
      throw new UnavailableError('PostgreSQL');
    },
    sendAttempt: () => Promise.reject(new Error('nothing is claimed')),
    recorder: { record: () => {}, drop: () => {}, pendingCount: () => 0, counts: noCounts },
    onFailure: () => {},
    onRoom: () => {},
  });
  const hold = (...ids: number[]): void =>
    held.add(ids.map((id) => toHeld({ id, dueMs: undefined, payload: undefined }, clock.nowMs())));
  const claim = () => attempts.claimAndSend(held.admitDue(clock.nowMs(), clock.nowMs()).admitted);
  return { held, inFlight, claims, hold, claim };
}

const noCounts = { succeeded: 0, failed: 0, retried: 0, claimsLost: 0 };

test('a claim that is not answered is repeated under its token, next to new ones under theirs', async () => {
  const { claims, hold, claim, inFlight } = open();
  hold(1, 2);
  await expect(claim()).rejects.toThrow(UnavailableError);
  expect(inFlight.count()).toBe(0);
  hold(3);
  await expect(claim()).rejects.toThrow(UnavailableError);
  await expect(claim()).rejects.toThrow(UnavailableError);
  expect(claims).toEqual([
    ['token 1', [1, 2]],
    ['token 1', [1, 2]],
    ['token 2', [3]],
    ['token 1', [1, 2]],
    ['token 2', [3]],
  ]);
});

test('only one copy of an execution that was taken twice is claimed again under the token', async () => {
  const { held, hold, claim } = open();
  hold(1, 1);
  await expect(claim()).rejects.toThrow(UnavailableError);
  expect(held.leave().map(({ id, claimToken }) => [id, claimToken])).toEqual([
    [1, 'token 1'],
    [1, undefined],
  ]);
});

/** Two requests at a time. More executions are admitted and claimed, and requests end when the test ends them. */
function openGranting() {
  const clock = new ManualClock();
  const settings = { maxInFlight: 2, maxRetryAfterMs: 60_000 };
  const inFlight = makeInFlight({ maxInFlight: 8 });
  const heldOrigins = makeHeldOrigins(settings);
  const deadline = makeRunDeadline(clock.nowMs() + 180_000);
  const held = makeHeldWork({ inFlight, heldOrigins, deadline, maxRequestMs: 1_000 });
  const sent: { id: number; wasCancelled: boolean; end: () => void }[] = [];
  const recorded: number[] = [];
  const attempts = makeAttempts({
    clock,
    held,
    inFlight,
    heldOrigins,
    settings,
    pace: makePace(settings),
    newClaimToken: () => 'token',
    claimTaken: async (taken, claimToken) => ({
      claimed: new Map(taken.map(({ id }) => [id, granted(id, claimToken, clock.nowMs())])),
      refusedIds: [],
    }),
    sendAttempt: ({ id }, onSend, cancellation) => {
      onSend(0, clock.nowMs());
      const { promise, resolve } = Promise.withResolvers<void>();
      sent.push({ id, wasCancelled: cancellation?.isCancelled === true, end: resolve });
      return promise.then(() => ({ kind: 'answered', durationMs: 1, statusCode: 200 }));
    },
    recorder: {
      record: ({ id }) => recorded.push(id),
      drop: () => {},
      pendingCount: () => 0,
      counts: noCounts,
    },
    onFailure: (error) => expect.unreachable(String(error)),
    onRoom: () => {},
  });
  const claim = (...ids: number[]) => {
    held.add(ids.map((id) => toHeld({ id, dueMs: undefined, payload: undefined }, clock.nowMs())));
    return attempts.claimAndSend(held.admitDue(clock.nowMs(), clock.nowMs()).admitted);
  };
  return { attempts, claim, clock, inFlight, recorded, sent, sentIds: () => sent.map(({ id }) => id) };
}

const granted = (id: number, claimToken: string, dueMs: number): ClaimedAttempt => ({
  id,
  payload: aPayload,
  request: { code: 'REQUEST_UNREADABLE', reason: 'never read here' },
  claimToken,
  retryCount: 0,
  putOffCount: 0,
  dueMs,
  sendByMs: Infinity,
});

const aPayload = {
  jobId: 1,
  revision: 1,
  executionTimeMs: 0,
  url: 'http://127.0.0.1/',
  method: 'POST' as const,
  type: 'AT_LEAST_ONCE' as const,
  maxRetryCount: 0,
  timeoutMs: 1_000,
  content: undefined,
};

describe('executions that are claimed ahead of free slots', () => {
  test('executions claimed ahead are sent in their order, each when a request has ended', async () => {
    const { claim, inFlight, recorded, sent, sentIds } = openGranting();
    await claim(1, 2, 3, 4);
    expect([sentIds(), inFlight.count()]).toEqual([[1, 2], 4]);
    sent[1]!.end();
    await expect.poll(sentIds).toEqual([1, 2, 3]);
    sent[0]!.end();
    sent[2]!.end();
    await expect.poll(sentIds).toEqual([1, 2, 3, 4]);
    sent[3]!.end();
    await expect.poll(inFlight.count).toBe(0);
    expect(new Set(recorded)).toEqual(new Set([1, 2, 3, 4]));
  });

  test('executions claimed ahead are sent after 100 ms although no request has ended', async () => {
    const { attempts, claim, clock, sentIds } = openGranting();
    await claim(1, 2, 3, 4);
    expect(attempts.overdueFromMs()).toBe(clock.nowMs() + 100);
    attempts.beginOverdue(clock.nowMs() + 100);
    expect([sentIds(), attempts.overdueFromMs()]).toEqual([[1, 2, 3, 4], Infinity]);
  });

  test('the sender learns that an execution was cancelled while it waited', async () => {
    const { attempts, claim, sent } = openGranting();
    await claim(1, 2, 3);
    expect(attempts.openCount()).toBe(3);
    attempts.breakOff([3]);
    sent[0]!.end();
    await expect
      .poll(() => sent.map(({ id, wasCancelled }) => [id, wasCancelled]))
      .toEqual([
        [1, false],
        [2, false],
        [3, true],
      ]);
  });
});
