import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, decideNextState, describeFailure, reasonOf } from '../../../lib/domain/retry.ts';

describe('the backoff', () => {
  test('the backoff is 1 s, 2 s, 4 s, 8 s …, and at most 5 minutes', () => {
    const waits = Array.from({ length: 11 }, (_, n) => backoffMs(n + 1) / 1_000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  test('the backoff never shrinks, overflows or leaves its bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (retry) => {
        const wait = backoffMs(retry);
        return wait >= 1_000 && wait <= 300_000 && wait <= backoffMs(retry + 1);
      }),
    );
  });
});

describe('the state after an attempt', () => {
  const answered503 = { kind: 'answered', durationMs: 7, statusCode: 503 } as const;
  const errorMessage = 'the target answered 503';
  const atLeastOnce = { type: 'AT_LEAST_ONCE', retryCount: 0, maxRetryCount: 5 } as const;

  test('an execution is SUCCESS after a 2xx response, whatever its type', () => {
    for (const type of ['AT_LEAST_ONCE', 'AT_MOST_ONCE'] as const) {
      for (const statusCode of [200, 204, 299]) {
        const result = { kind: 'answered', durationMs: 7, statusCode } as const;
        expect(decideNextState(result, { type, retryCount: 0, maxRetryCount: 0 }, 0)).toEqual({
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
      expect(decideNextState(result, atLeastOnce, 0)).toMatchObject({
        status: 'RETRYING',
        errorMessage: `the target answered ${statusCode}`,
      });
    },
  );

  test('an execution is RETRYING while it has retries left, due after the backoff', () => {
    const execution = { type: 'AT_LEAST_ONCE', retryCount: 2, maxRetryCount: 3 } as const;
    expect(decideNextState(answered503, execution, 50_000)).toEqual({
      status: 'RETRYING',
      durationMs: 7,
      statusCode: 503,
      reason: 'STATUS_NOT_SUCCESS',
      errorMessage,
      dueAt: new Date(54_000),
    });
  });

  test('an execution is FAILED once its retries are used up', () => {
    const execution = { type: 'AT_LEAST_ONCE', retryCount: 3, maxRetryCount: 3 } as const;
    expect(decideNextState(answered503, execution, 50_000)).toEqual({
      status: 'FAILED',
      durationMs: 7,
      statusCode: 503,
      reason: 'STATUS_NOT_SUCCESS',
      errorMessage,
      dueAt: null,
    });
  });

  test('an AT_MOST_ONCE execution is FAILED at once, whatever its retry limit', () => {
    const execution = { type: 'AT_MOST_ONCE', retryCount: 0, maxRetryCount: 5 } as const;
    expect(decideNextState(answered503, execution, 0)).toMatchObject({ status: 'FAILED' });
  });

  test('an execution is FAILED at once after a refused request, and RETRYING after one that was only not sent', () => {
    const why = { code: 'TARGET_REFUSED', reason: 'refused: port 25 is not allowed' } as const;
    expect(decideNextState({ kind: 'refused', ...why }, atLeastOnce, 0)).toEqual({
      status: 'FAILED',
      durationMs: 0,
      statusCode: null,
      reason: 'TARGET_REFUSED',
      errorMessage: why.reason,
      dueAt: null,
    });
    expect(decideNextState({ kind: 'notSent', ...why }, atLeastOnce, 0)).toMatchObject({
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
        const next = () =>
          decideNextState(answered503, { type: 'AT_LEAST_ONCE', retryCount, maxRetryCount }, 0);
        while (next().status === 'RETRYING') retryCount += 1;
        return retryCount === maxRetryCount;
      }),
    );
  });
});
