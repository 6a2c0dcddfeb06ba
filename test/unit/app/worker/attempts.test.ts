import { expect, test } from 'vitest';
import { makeAttempts } from '../../../../lib/app/worker/attempts.ts';
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
    settings: { maxRetryAfterMs: 60_000 },
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
