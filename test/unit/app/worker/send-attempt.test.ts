import { describe, expect, test } from 'vitest';
import type { ClaimedAttempt } from '../../../../lib/app/worker/claim-taken.ts';
import type { AttemptRequest } from '../../../../lib/app/worker/read-requests.ts';
import { makeSendAttempt } from '../../../../lib/app/worker/send-attempt.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const request: AttemptRequest = { url: 'http://one.example/', method: 'POST', headers: {}, body: null };

function open(fields: Partial<ClaimedAttempt> = {}) {
  const clock = new ManualClock();
  const attempt: ClaimedAttempt = {
    id: 1,
    claimToken: '',
    retryCount: 0,
    putOffCount: 0,
    dueMs: clock.nowMs(),
    sendByMs: clock.nowMs() + 10_000,
    request,
    payload: {
      jobId: 1,
      revision: 1,
      executionTimeMs: clock.nowMs(),
      url: request.url,
      method: request.method,
      content: undefined,
      type: 'AT_LEAST_ONCE',
      maxRetryCount: 0,
      timeoutMs: 1_000,
    },
    ...fields,
  };
  let calls = 0;
  const sendAttempt = makeSendAttempt({
    publishReport: () => Promise.reject(new Error('no topic')),
    clock,
    signingKeys: { get: () => [] },
    openAttempt: () => Promise.reject(new Error('there are no secrets')),
    callTarget: async () => {
      calls += 1;
      return { kind: 'answered', statusCode: 204, durationMs: 1 };
    },
  });
  const latenesses: number[] = [];
  const send = () => sendAttempt(attempt, (latenessMs) => latenesses.push(latenessMs));
  return { clock, send, latenesses, callCount: () => calls };
}

describe('a claimed attempt', () => {
  test('an attempt whose request is read while its lease is long enough is sent', async () => {
    const { promise, resolve } = Promise.withResolvers<AttemptRequest>();
    const { clock, send, latenesses } = open({ request: promise });
    const sending = send();
    await clock.advanceBy(10_000);
    resolve(request);
    expect(await sending).toMatchObject({ kind: 'answered' });
    expect(latenesses).toEqual([10_000]);
  });

  test('an attempt whose request is read later is not sent: its lease could end before the response arrives', async () => {
    const { promise, resolve } = Promise.withResolvers<AttemptRequest>();
    const { clock, send, latenesses, callCount } = open({ request: promise });
    const sending = send();
    await clock.advanceBy(10_001);
    resolve(request);
    expect(await sending).toEqual({
      kind: 'notSent',
      code: 'READY_TOO_LATE',
      reason: 'not sent: what it needs could not be read in time',
    });
    expect([latenesses, callCount()]).toEqual([[], 0]);
  });

  test('an attempt is sent at its due instant, not before', async () => {
    const { clock, send, callCount } = open({ dueMs: new ManualClock().nowMs() + 50 });
    const sending = send();
    await clock.advanceBy(49);
    expect(callCount()).toBe(0);
    await clock.advanceBy(1);
    await sending;
    expect(callCount()).toBe(1);
  });
});
