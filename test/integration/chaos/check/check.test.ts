import { expect, test } from 'vitest';
import type { Journal } from '../../../chaos/journal/types.ts';
import { withExecution, withTransition } from './damages/change-journal.ts';
import { CHANGES, CLAIMED } from './damages/claims.ts';
import { damages } from './damages/damages.ts';
import { ms, request, SCHEDULER, soundJournal, transition } from './journal.ts';
import { repeatAtOnce } from './store-administration.ts';
import { violationsOf } from './violations.ts';

test('a journal that keeps every promise has no violation', async () => {
  expect(await violationsOf(soundJournal())).toEqual([]);
});

test('a request that its target did not answer may arrive once more, unless it is AT_MOST_ONCE', async () => {
  const cut = (journal: Journal): Journal => ({
    ...journal,
    requests: [request(11, 1, { answered: undefined, arrivedMs: ms(10) + 1 }), ...journal.requests],
  });
  expect(await violationsOf(cut(soundJournal()))).toEqual([]);
  expect(await violationsOf(cut(cut(soundJournal())))).toEqual([CLAIMED]);
});

/** Attempt 1 of job 1 is put off, and the claim after that is of this worker, which sends this number. */
function putOff(
  journal: Journal,
  { environment, attempt }: { environment: string; attempt: number },
): Journal {
  const second = { retryCount: 0, putOffCount: 1 };
  return {
    ...withTransition(2, 11, { to: 'RETRYING', dueMs: ms(12), ...second })(
      withTransition(3, 11, { environment, ...second })(
        withTransition(4, 11, { environment, ...second })(journal),
      ),
    ),
    executions: journal.executions.map((one) => (one.id === 11 ? { ...one, ...second } : one)),
    requests: journal.requests.map((one) =>
      one.executionId !== 11 ? one : one.attempt === 2 ? { ...one, attempt } : { ...one, answered: 503 },
    ),
  };
}

test('after a put-off, a worker of the old version may repeat the number of an attempt, and no other worker may', async () => {
  const rulesOf = (put: Parameters<typeof putOff>[1]) => violationsOf(putOff(soundJournal(), put));
  expect(await rulesOf({ environment: 'belfry-worker-1', attempt: 2 })).toEqual([]);
  expect(await rulesOf({ environment: 'old-worker-1', attempt: 1 })).toEqual([]);
  expect(await rulesOf({ environment: 'belfry-worker-1', attempt: 1 })).toContain(CLAIMED);
  expect(await rulesOf({ environment: 'old-worker-1', attempt: 2 })).toContain(CLAIMED);
});

test('a later revision of a job may be a pause by its own rule, and its requests are then as before its change', async () => {
  const unchanged = (pauseAfterFailures: number | undefined): Journal => {
    const journal = soundJournal();
    return {
      ...journal,
      jobs: journal.jobs.map((one) =>
        one.number === 5
          ? { ...one, pauseAfterFailures, stop: { kind: 'change', sentMs: ms(8), ackMs: ms(12) } }
          : one,
      ),
      requests: journal.requests.map((one) => (one.executionId === 15 ? { ...one, revision: 1 } : one)),
    };
  };
  expect(await violationsOf(unchanged(3))).toEqual([]);
  expect(await violationsOf(unchanged(undefined))).toEqual([CHANGES]);
});

test.each(damages)('the check finds %s', async (_, rule, damage) => {
  const rules = await violationsOf(damage(soundJournal()));
  expect(rules).toContain(rule);
});

test('the check finds a failed execution that was repeated twice at once', async () => {
  expect(await violationsOf(soundJournal(), repeatAtOnce)).toContain('redrives-count');
});

test('a tick that frees the execution of a vanished worker does not write the outcome of another worker', async () => {
  const freed = withTransition(2, 11, {
    environment: SCHEDULER,
    errorMessage: 'the worker vanished during the request: outcome unknown',
    atMs: ms(32),
  });
  expect(await violationsOf(freed(soundJournal()))).toEqual([]);
});

test('a request that was claimed before a pause was acknowledged may leave after it', async () => {
  const journal = soundJournal();
  const claimed = {
    ...withExecution(14, { status: 'SUCCESS', isWithdrawn: true })(journal),
    jobs: journal.jobs.map((job) =>
      job.number === 4 ? { ...job, stop: { kind: 'pause' as const, sentMs: ms(9.9), ackMs: ms(9.99) } } : job,
    ),
    requests: [...journal.requests, request(14, 4)],
    transitions: [
      ...journal.transitions.filter(({ executionId }) => executionId !== 14),
      transition(60, 14, 4, { toToken: 'e', atMs: ms(9.96) }),
      transition(61, 14, 4, { from: 'RUNNING', to: 'SUCCESS', fromToken: 'e', atMs: ms(10.1) }),
    ],
  };
  expect(await violationsOf(claimed)).toEqual([]);
});

test.each([
  [32, 0],
  [52, 1],
])(
  'after a claim was repeated at 30 s, a request that arrives at %i s breaks the lease %i times',
  async (second, times) => {
    const journal = soundJournal();
    const claims = journal.transitions.filter(
      ({ executionId, to }) => executionId === 12 && to === 'RUNNING',
    );
    const renewals = claims.map((claim) => ({
      ...claim,
      from: 'RUNNING' as const,
      fromToken: claim.toToken,
      atMs: ms(30),
      leaseExpiresMs: ms(51),
    }));
    const violations = await violationsOf({
      ...journal,
      transitions: journal.transitions.flatMap((one) => (claims.includes(one) ? [one, ...renewals] : [one])),
      requests: journal.requests.map((one) =>
        one.executionId === 12 ? { ...one, arrivedMs: ms(second) } : one,
      ),
    });
    const broken = violations.filter((rule) => rule === 'no request leaves after the lease of its claim');
    expect(broken).toHaveLength(times);
  },
);
