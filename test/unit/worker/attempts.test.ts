import { expect, test } from 'vitest';
import { toPayload } from '../../../lib/app/execution-payload.ts';
import { makeAttempts } from '../../../lib/app/worker/attempts.ts';
import type { HeldExecution } from '../../../lib/app/worker/held-execution.ts';
import { makeHostShare } from '../../../lib/app/worker/host-share.ts';
import { aJob } from '../../support/a-job.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const clock = new ManualClock();

/** Without a host, so that no host's share stands in the way. */
function held(id: number, request: 'small' | 'large' | 'unknown'): HeldExecution {
  const content = request === 'small' ? {} : { headers: null, body: null };
  const job = { ...aJob(), ...content, jobId: id, revision: 1, executionTime: clock.now() };
  const payload = request === 'unknown' ? undefined : toPayload(job);
  return { id, dueMs: clock.nowMs(), payload, host: undefined, isDrawn: false, blockedSinceMs: undefined };
}

test('a window takes in no more large requests than 128 MiB hold, and small ones all the same', async () => {
  const attempts = makeAttempts({
    clock,
    claimTaken: async (taken) => ({ claimed: [], refusedIds: taken.map(({ id }) => id) }),
    sendAttempt: () => Promise.reject(new Error('nothing is sent')),
    maxInFlight: 1_000,
    share: makeHostShare({ maxInFlight: 1_000 }),
    onEnded: () => {},
    onFailure: () => {},
    onRoom: () => {},
  });
  const admit = (execution: HeldExecution) => attempts.admit(execution, clock.nowMs());
  const admitted = Array.from({ length: 200 }, (_, id) =>
    admit(held(id, id % 2 === 0 ? 'large' : 'unknown')),
  );
  const taken = admitted.filter((one) => one !== undefined);
  expect(taken).toHaveLength(128);
  expect(admit(held(201, 'small'))).toBeDefined();
  // What is refused gives its bytes back.
  await attempts.claim(taken);
  expect(admit(held(202, 'large'))).toBeDefined();
});
