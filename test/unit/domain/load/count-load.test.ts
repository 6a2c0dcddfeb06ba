import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { busiestMinutes, countLoad } from '../../../../lib/domain/load/count-load.ts';
import type { CronJobs, LoadWindow } from '../../../../lib/domain/load/load.ts';
import { nextTimeAfter } from '../../../../lib/domain/schedule/next-time.ts';
import { cronJobs, crons, HOUR_MS, MINUTE_MS, starts, windowOf } from './crons.ts';

const countOf = (groups: { crons?: CronJobs[] }, window: LoadWindow, maxSteps?: number) =>
  countLoad({ crons: [], intervals: [], singles: [], ...groups }, window, maxSteps);

/** Counts by visiting each time. */
function visit(crons: readonly CronJobs[], { fromMs, untilMs }: LoadWindow): number[] {
  const perMinute = Array.from({ length: (untilMs - fromMs) / MINUTE_MS }, () => 0);
  for (const { cron, jobs } of crons) {
    let timeMs = nextTimeAfter(cron, fromMs - 1);
    while (timeMs !== undefined && timeMs < untilMs) {
      perMinute[Math.floor((timeMs - fromMs) / MINUTE_MS)]! += jobs;
      timeMs = nextTimeAfter(cron, timeMs);
    }
  }
  return perMinute;
}

describe('the runs per minute of crons', () => {
  test('crons of different days and zones add up', () => {
    const crons = [
      cronJobs('0 9 * * *', 'UTC', 1_000),
      cronJobs('0 10 * * *', 'Europe/Berlin', 5),
      cronJobs('*/10 0 9 * * *', 'UTC', 2),
      cronJobs('0 9 * * SUN', 'UTC', 7),
    ];
    const { perMinute, isExact } = countOf({ crons }, windowOf('2026-11-30T08:59:00Z', 1));
    expect([...perMinute.slice(0, 3), isExact]).toEqual([0, 1_000 + 5 + 12, 0, true]);
  });

  test('visiting each time gives the same counts, also across changes of the clock', () => {
    fc.assert(
      fc.property(fc.array(crons, { minLength: 1, maxLength: 6 }), starts, (groups, window) => {
        expect([...countOf({ crons: groups }, window).perMinute]).toEqual(visit(groups, window));
      }),
      { numRuns: 1_500 },
    );
  });

  test('a time in a gap that ends when the window begins is counted there', () => {
    const groups = [cronJobs('30 2 * * *', 'Europe/Berlin', 4)];
    const { perMinute } = countOf({ crons: groups }, windowOf('2027-03-28T01:00:00Z', 1));
    expect([perMinute[0], perMinute[30]]).toEqual([4, 0]);
  });

  test('crons beyond the budget are spread evenly, and the result says so', () => {
    const groups = [cronJobs('0 9 * * *', 'UTC', 60), cronJobs('0 9 * * SUN', 'UTC', 60)];
    const { perMinute, isExact } = countOf({ crons: groups }, windowOf('2026-11-30T00:00:00Z', 24), 0);
    expect([perMinute[0], perMinute[540], isExact]).toEqual([60 / 1_440, 60 / 1_440, false]);
  });
});

describe('the runs per minute of other jobs', () => {
  const window = windowOf('2026-11-30T00:00:00Z', 2);
  const none = { crons: [], intervals: [], singles: [] };

  test('an interval is due at its own times', () => {
    const intervals = [{ everyMs: 90_000, anyMs: window.fromMs + 2 * HOUR_MS + 30_000, jobs: 2 }];
    const { perMinute } = countLoad({ ...none, intervals }, window);
    expect(Array.from(perMinute).slice(0, 7)).toEqual([2, 0, 2, 2, 0, 2, 2]);
    expect(perMinute.reduce((sum, runs) => sum + runs, 0)).toBe(160);
  });

  test('an interval below a minute is due several times a minute', () => {
    const intervals = [{ everyMs: 7_000, anyMs: window.fromMs, jobs: 1 }];
    const { perMinute } = countLoad({ ...none, intervals }, window);
    expect(Array.from(perMinute).slice(0, 4)).toEqual([9, 9, 8, 9]);
  });

  test('visiting each time of many intervals gives the same counts', () => {
    const group = fc.record({
      everyMs: fc.constantFrom(1_000, 7_000, 45_000, 60_000, 61_000, 90_000, 300_000, 3_599_000, 86_400_000),
      anyMs: fc.integer({ min: -200_000, max: 200_000 }).map((offsetMs) => window.fromMs + offsetMs),
      jobs: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 60 }), (intervals) => {
        const visited = Array.from({ length: 120 }, () => 0);
        for (const { everyMs, anyMs, jobs } of intervals) {
          const first = anyMs + Math.ceil((window.fromMs - anyMs) / everyMs) * everyMs;
          for (let timeMs = first; timeMs < window.untilMs; timeMs += everyMs) {
            visited[Math.floor((timeMs - window.fromMs) / MINUTE_MS)]! += jobs;
          }
        }
        expect([...countLoad({ ...none, intervals }, window).perMinute]).toEqual(visited);
      }),
      { numRuns: 300 },
    );
  });

  test('an interval beyond the budget is spread evenly', () => {
    const intervals = [{ everyMs: 120_000, anyMs: window.fromMs, jobs: 4 }];
    const { perMinute, isExact } = countLoad({ ...none, intervals }, window, 10);
    expect([perMinute[0], perMinute[1], isExact]).toEqual([2, 2, false]);
  });

  test('a job that runs once is counted in its minute, and outside of the window not at all', () => {
    const singles = [0, 5, -1, 120].map((minute) => ({
      minuteMs: window.fromMs + minute * MINUTE_MS,
      jobs: 3,
    }));
    const { perMinute } = countLoad({ ...none, singles }, window);
    expect([perMinute[0], perMinute[5], perMinute.reduce((sum, runs) => sum + runs, 0)]).toEqual([3, 3, 6]);
  });
});

test('the busiest minutes come in the order of their runs, and then of time, without empty ones', () => {
  const perMinute = Float64Array.from([0, 5, 9, 5, 1, 0, 9]);
  expect(busiestMinutes({ perMinute }, 3)).toEqual([2, 6, 1]);
  expect(busiestMinutes({ perMinute }, 10)).toEqual([2, 6, 1, 3, 4]);
});
