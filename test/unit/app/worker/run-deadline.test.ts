import { describe, expect, test } from 'vitest';
import { makeRunDeadline } from '../../../../lib/app/worker/run-deadline.ts';
import { functions, timings } from '../../../../lib/topology.ts';

const runMs = functions.worker.timeoutSeconds * 1_000;
const deadline = makeRunDeadline(runMs);

describe('a request of a run', () => {
  test('a request of a run ends at least ten seconds before the deadline', () => {
    expect(deadline.fits(140_000, 30_000)).toBe(true);
    expect(deadline.fits(140_001, 30_000)).toBe(false);
  });

  test('a request with the longest timeout fits in for some time', () => {
    expect(deadline.fits(timings.takeAheadMs, timings.maxRequestMs)).toBe(true);
    expect(deadline.fitsSlow(timings.takeAheadMs, timings.maxRequestMs)).toBe(true);
  });

  test('a request to a host that lingers ends while others with the default timeout may still be sent', () => {
    const last = Array.from({ length: 180 }, (_, second) => second * 1_000).findLast((sentMs) =>
      deadline.fitsSlow(sentMs, 30_000),
    )!;
    expect(last).toBe(110_000);
    expect(deadline.fits(last + 30_000, 30_000)).toBe(true);
  });
});
