import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AttemptedExecution,
  type AttemptResult,
  decideNextState,
  describeFailure,
  MAX_PUT_OFFS,
  reasonOf,
} from '../../../lib/domain/retry.ts';

const execution: AttemptedExecution = {
  id: 7,
  executionTimeMs: 0,
  type: 'AT_LEAST_ONCE',
  retryCount: 0,
  putOffCount: 0,
  maxRetryCount: 5,
};

const after = (result: AttemptResult, fields: Partial<AttemptedExecution> = {}, nowMs = 0) =>
  decideNextState(result, { ...execution, ...fields }, { nowMs, maxPauseMs: 3_600_000 });

describe('the state after an attempt', () => {
  const answered503 = { kind: 'answered', durationMs: 7, statusCode: 503 } as const;
  const errorMessage = 'the target answered 503';

  test('an execution is SUCCESS after a 2xx response, regardless of its type', () => {
    for (const type of ['AT_LEAST_ONCE', 'AT_MOST_ONCE'] as const) {
      for (const statusCode of [200, 204, 299]) {
        const result = { kind: 'answered', durationMs: 7, statusCode } as const;
        expect(after(result, { type, maxRetryCount: 0 })).toEqual({
          status: 'SUCCESS',
          durationMs: 7,
          statusCode,
          reason: null,
          errorMessage: null,
          dueAt: null,
        });
      }
    }
  });

  test.each([101, 199, 300, 304, 404, 500])(
    'an execution is not SUCCESS after the response %i',
    (statusCode) => {
      const result = { kind: 'answered', durationMs: 7, statusCode } as const;
      expect(after(result)).toMatchObject({
        status: 'RETRYING',
        errorMessage: `the target answered ${statusCode}`,
      });
    },
  );

  test('an execution is RETRYING while it has retries left, due after the backoff', () => {
    expect(after(answered503, { retryCount: 2, maxRetryCount: 3 }, 50_000)).toEqual({
      status: 'RETRYING',
      durationMs: 7,
      statusCode: 503,
      reason: 'STATUS_NOT_SUCCESS',
      errorMessage,
      dueAt: new Date(54_000),
      spendsRetry: true,
    });
  });

  test('an execution is FAILED once its retries are used up', () => {
    expect(after(answered503, { retryCount: 3, maxRetryCount: 3 }, 50_000)).toEqual({
      status: 'FAILED',
      durationMs: 7,
      statusCode: 503,
      reason: 'STATUS_NOT_SUCCESS',
      errorMessage,
      dueAt: null,
    });
  });

  test('an AT_MOST_ONCE execution is FAILED at once, regardless of its retry limit', () => {
    expect(after(answered503, { type: 'AT_MOST_ONCE' })).toMatchObject({ status: 'FAILED' });
  });

  test('an execution is FAILED at once after a refused request, and RETRYING after one that was only not sent', () => {
    const why = { code: 'TARGET_REFUSED', reason: 'refused: port 25 is not allowed' } as const;
    expect(after({ kind: 'refused', ...why })).toEqual({
      status: 'FAILED',
      durationMs: 0,
      statusCode: null,
      reason: 'TARGET_REFUSED',
      errorMessage: why.reason,
      dueAt: null,
    });
    expect(after({ kind: 'notSent', ...why })).toMatchObject({
      status: 'RETRYING',
      reason: 'TARGET_REFUSED',
      errorMessage: why.reason,
    });
  });

  test.each([
    [
      { kind: 'timedOut', durationMs: 300, timeoutMs: 300 },
      'TIMED_OUT',
      'no complete response within 300 ms',
    ],
    [
      { kind: 'connectionFailed', durationMs: 1, cause: 'ECONNREFUSED' },
      'CONNECTION_FAILED',
      'the request failed: ECONNREFUSED',
    ],
    [
      { kind: 'connectionFailed', durationMs: 1, cause: 'ECONNRESET', statusCode: 200 },
      'RESPONSE_CUT',
      'the response (200) ended early: ECONNRESET',
    ],
  ] as const)('the outcome %o has a code and an error message', (result, code, message) => {
    expect(reasonOf(result)).toBe(code);
    expect(describeFailure(result)).toBe(message);
  });

  test('a target that always fails gets exactly maxRetryCount retries', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (maxRetryCount) => {
        let retryCount = 0;
        const next = () => after(answered503, { retryCount, maxRetryCount });
        while (next().status === 'RETRYING') retryCount += 1;
        return retryCount === maxRetryCount;
      }),
    );
  });
});

describe('the rules of a job', () => {
  const answered = (statusCode: number, headers = {}, isTextFound?: boolean): AttemptResult => ({
    kind: 'answered',
    durationMs: 7,
    statusCode,
    response: { headers, body: [], bodyBytes: 0 },
    ...(isTextFound !== undefined && { isTextFound }),
  });

  test('a retry waits as the policy of the job says', () => {
    const retry = { delaysSeconds: [5, 300], jitter: 0 };
    expect(after(answered(500), { retry, maxRetryCount: 2, retryCount: 1 }, 1_000)).toMatchObject({
      dueAt: new Date(301_000),
    });
  });

  test('the statuses of success take precedence over the statuses that end the retries', () => {
    const success = { statuses: ['2xx', 409] as const, contains: null };
    expect(after(answered(409), { success, stopOn: ['4xx'] })).toMatchObject({
      status: 'SUCCESS',
      statusCode: 409,
    });
    expect(after(answered(204), { success: { statuses: [200], contains: null } })).toMatchObject({
      status: 'RETRYING',
    });
  });

  test('a body without the wanted text is not a success, and is retried', () => {
    const success = { statuses: ['2xx'] as const, contains: 'done' };
    expect(after(answered(200, {}, true), { success })).toMatchObject({ status: 'SUCCESS' });
    for (const isTextFound of [false, undefined]) {
      expect(after(answered(200, {}, isTextFound), { success })).toMatchObject({
        status: 'RETRYING',
        reason: 'TEXT_NOT_FOUND',
        errorMessage: 'the target answered 200, without the text that success.contains names',
      });
    }
  });

  test('410 ends the retries by default, and the statuses of the job do so instead of it', () => {
    const stopped = { status: 'FAILED', reason: 'STOP_STATUS' };
    expect(after(answered(410))).toMatchObject({
      ...stopped,
      errorMessage: 'the target answered 410, which ends its retries',
    });
    expect(after(answered(410), { stopOn: [] })).toMatchObject({ status: 'RETRYING' });
    expect(after(answered(503), { stopOn: ['5xx'] })).toMatchObject(stopped);
    // Nothing was ended: the last retry has failed.
    expect(after(answered(410), { retryCount: 5 })).toMatchObject({ reason: 'STATUS_NOT_SUCCESS' });
  });

  test('no attempt begins later than maxAgeSeconds after the execution time', () => {
    const at = (nowMs: number) => after(answered(500), { executionTimeMs: 1_000, maxAgeSeconds: 10 }, nowMs);
    expect(at(10_000)).toMatchObject({ status: 'RETRYING', dueAt: new Date(11_000) });
    expect(at(10_001)).toMatchObject({
      status: 'FAILED',
      reason: 'TOO_OLD',
      errorMessage: 'the target answered 500; its next attempt would begin later than maxAgeSeconds allows',
    });
  });

  test('a target that asks for a pause gets the next attempt after it, and no retry is spent', () => {
    for (const status of [429, 503]) {
      expect(after(answered(status, { 'retry-after': '30' }), {}, 1_000)).toMatchObject({
        status: 'RETRYING',
        reason: 'ASKED_TO_WAIT',
        errorMessage: `the target answered ${status}, and asked for a pause of 30 s`,
        dueAt: new Date(31_000),
        spendsRetry: false,
      });
    }
    expect(after(answered(500, { 'retry-after': '30' }), {}, 1_000)).toMatchObject({ spendsRetry: true });
  });

  test('a date is relative to the time of the target, so that its clock does not matter', () => {
    const headers = { date: 'Sat, 01 Jan 2000 00:00:00 GMT', 'retry-after': 'Sat, 01 Jan 2000 00:01:00 GMT' };
    expect(after(answered(503, headers), {}, 5_000)).toMatchObject({ dueAt: new Date(65_000) });
  });

  test('the longest allowed pause bounds every pause, and 0 allows none', () => {
    const result = answered(429, { 'retry-after': '99999999' });
    expect(after(result)).toMatchObject({ dueAt: new Date(3_600_000) });
    expect(decideNextState(result, execution, { nowMs: 0, maxPauseMs: 0 })).toMatchObject({
      dueAt: new Date(1_000),
      spendsRetry: true,
    });
  });

  test('after many pauses each one spends a retry, and lasts at least as long as the target asks', () => {
    const result = answered(429, { 'retry-after': '30' });
    expect(after(result, { putOffCount: MAX_PUT_OFFS - 1 })).toMatchObject({ spendsRetry: false });
    expect(after(result, { putOffCount: MAX_PUT_OFFS })).toMatchObject({
      dueAt: new Date(30_000),
      spendsRetry: true,
      reason: 'STATUS_NOT_SUCCESS',
    });
    const retry = { delaysSeconds: [60], jitter: 0 };
    expect(after(result, { putOffCount: MAX_PUT_OFFS, retry })).toMatchObject({ dueAt: new Date(60_000) });
  });

  test('a pause does not outlast the age, and AT_MOST_ONCE and a job without retries send nothing again', () => {
    const result = answered(429, { 'retry-after': '30' });
    expect(after(result, { maxAgeSeconds: 29 })).toMatchObject({ status: 'FAILED', reason: 'TOO_OLD' });
    expect(after(result, { type: 'AT_MOST_ONCE' })).toMatchObject({ status: 'FAILED' });
    expect(after(result, { maxRetryCount: 0 })).toMatchObject({ status: 'FAILED' });
  });

  test('every execution ends after its retries and a bounded number of pauses, regardless of the answer of the target', () => {
    const answers = fc.array(fc.constantFrom('0', '1', '86400', 'soon', '-1', ''), {
      minLength: 200,
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), answers, (maxRetryCount, pauses) => {
        let [retryCount, putOffCount, requests] = [0, 0, 0];
        for (const pause of pauses) {
          requests += 1;
          const state = after(answered(503, { 'retry-after': pause }), {
            maxRetryCount,
            retryCount,
            putOffCount,
          });
          if (state.status !== 'RETRYING') break;
          if (state.spendsRetry) retryCount += 1;
          else putOffCount += 1;
        }
        expect(retryCount).toBeLessThanOrEqual(maxRetryCount);
        expect(putOffCount).toBeLessThanOrEqual(MAX_PUT_OFFS);
        expect(requests).toBeLessThanOrEqual(1 + maxRetryCount + MAX_PUT_OFFS);
      }),
    );
  });
});
