import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, decideOutcome } from '../../../lib/domain/retry.ts';

describe('the backoff', () => {
  it('is 1 s, 2 s, 4 s, 8 s …, and at most 5 minutes', () => {
    const waits = Array.from({ length: 11 }, (_, n) => backoffMs(n + 1) / 1_000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it('never shrinks, overflows or leaves its bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (retry) => {
        const wait = backoffMs(retry);
        return wait >= 1_000 && wait <= 300_000 && wait <= backoffMs(retry + 1);
      }),
    );
  });
});

describe('the outcome of an attempt', () => {
  const failed = { kind: 'failed', durationMs: 7, reason: 'the target answered 503' } as const;

  it('is success for a 2xx, whatever the type', () => {
    const result = { kind: 'succeeded', durationMs: 7, statusCode: 204 } as const;
    for (const type of ['AT_LEAST_ONCE', 'AT_MOST_ONCE'] as const) {
      expect(decideOutcome(result, { type, retryCount: 0, maxRetryCount: 0 }, 0)).toEqual({
        kind: 'succeeded',
        durationMs: 7,
      });
    }
  });

  it('is a retry while there are retries left, due after the backoff', () => {
    const execution = { type: 'AT_LEAST_ONCE', retryCount: 2, maxRetryCount: 3 } as const;
    expect(decideOutcome(failed, execution, 50_000)).toEqual({ ...failed, kind: 'retry', dueMs: 54_000 });
  });

  it('is final once they are used up', () => {
    const execution = { type: 'AT_LEAST_ONCE', retryCount: 3, maxRetryCount: 3 } as const;
    expect(decideOutcome(failed, execution, 50_000)).toEqual(failed);
  });

  it('is final at once for AT_MOST_ONCE, whatever the limit says', () => {
    const execution = { type: 'AT_MOST_ONCE', retryCount: 0, maxRetryCount: 5 } as const;
    expect(decideOutcome(failed, execution, 0)).toEqual(failed);
  });

  it('is final at once for a request that was refused, whatever the limit says', () => {
    const execution = { type: 'AT_LEAST_ONCE', retryCount: 0, maxRetryCount: 5 } as const;
    expect(decideOutcome({ ...failed, kind: 'refused' }, execution, 0)).toEqual(failed);
  });

  it('gives exactly maxRetryCount retries to a target that always fails', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (maxRetryCount) => {
        let retryCount = 0;
        while (
          decideOutcome(failed, { type: 'AT_LEAST_ONCE', retryCount, maxRetryCount }, 0).kind === 'retry'
        ) {
          retryCount += 1;
        }
        return retryCount === maxRetryCount;
      }),
    );
  });
});
