import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeRecentCount } from '../../../../lib/app/worker/recent-count.ts';

const SPAN_MS = 1_000;

test('a recent count includes all of the last span, and nothing older than two', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 60 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: 2_500 }), (gapsMs, waitMs) => {
      const count = makeRecentCount(SPAN_MS);
      const times: number[] = [];
      let nowMs = 1_700_000_000_000;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        times.push(nowMs);
        count.add(nowMs);
      }
      nowMs += waitMs;
      const within = (ms: number): number => times.filter((at) => nowMs - at < ms).length;
      const read = count.read(nowMs);
      expect(read).toBeGreaterThanOrEqual(within(SPAN_MS));
      expect(read).toBeLessThanOrEqual(within(2 * SPAN_MS));
    }),
  );
});

test('a recent count starts again when the clock is set back', () => {
  const count = makeRecentCount(SPAN_MS);
  count.add(10_000);
  expect(count.read(5_000)).toBe(0);
  count.add(5_000);
  expect(count.read(5_500)).toBe(1);
});
