import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareTimes, firstTimeFrom, isMisfire } from '../../../lib/domain/expected-times.ts';
import { planOccurrences } from '../../../lib/domain/occurrences.ts';
import { parseSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';

const ms = (time: string): number => Date.parse(`2030-03-04T${time}Z`);
const minutely = parseSchedule('* * * * *', 'UTC');
const every90s = parseSchedule('@every 90s', 'UTC');
const MISFIRE_MS = 300_000;

describe('the first expected time from an instant on', () => {
  test.each([
    ['at the instant itself', minutely, '10:00:00', '10:00:00'],
    ['after it', minutely, '10:00:00.001', '10:01:00'],
    ['of an interval, counted from a later time', every90s, '10:00:00', '10:00:30'],
    ['of an interval, at one of its times', every90s, '10:00:30', '10:00:30'],
    ['of an interval, counted from an earlier time', every90s, '12:00:01', '12:00:30'],
  ])('the first expected time is found %s', (_, schedule, from, expected) => {
    expect(firstTimeFrom(schedule, ms(from), ms('10:06:30'))).toBe(ms(expected));
  });

  test('there is no expected time once the only one has passed', () => {
    const once = parseSchedule('2030-03-04T10:00:00Z', 'UTC');
    expect(firstTimeFrom(once, ms('10:00:00'), 0)).toBe(ms('10:00:00'));
    expect(firstTimeFrom(once, ms('10:00:00.001'), 0)).toBeUndefined();
  });
});

describe('the comparison of expected and recorded times', () => {
  const compare = (present: string[][], to = '10:06:00') => {
    const comparison = compareTimes(minutely, { firstMs: ms('10:00:00'), toMs: ms(to), isRecurring: true });
    const found = present.flatMap((page) => comparison.feed(page.map(ms)));
    return { found, gaps: comparison.end() };
  };
  const all = ['10:00:00', '10:01:00', '10:02:00', '10:03:00', '10:04:00', '10:05:00'];

  test('a complete list has no gap, in any number of pages', () => {
    expect(compare([all]).gaps).toEqual([]);
    expect(compare([all.slice(0, 2), [], all.slice(2)]).gaps).toEqual([]);
  });

  test('executions that the schedule does not expect are passed over and reported', () => {
    const { found, gaps } = compare([['10:00:00', '10:00:30', ...all.slice(1), '10:06:00']]);
    expect(gaps).toEqual([]);
    expect(found).toEqual(all.map(ms));
  });

  test('a gap is found in the middle, at the start and at the end, across pages', () => {
    expect(compare([['10:01:00'], ['10:04:00']]).gaps).toEqual([
      {
        firstMs: ms('10:00:00'),
        lastMs: ms('10:00:00'),
        count: 1,
        isFromStart: true,
        endedByMs: ms('10:01:00'),
      },
      {
        firstMs: ms('10:02:00'),
        lastMs: ms('10:03:00'),
        count: 2,
        isFromStart: false,
        endedByMs: ms('10:04:00'),
      },
      { firstMs: ms('10:05:00'), lastMs: ms('10:05:00'), count: 1, isFromStart: false, endedByMs: undefined },
    ]);
  });

  test('only one time is expected when the job does not recur', () => {
    const comparison = compareTimes(minutely, {
      firstMs: ms('10:00:00'),
      toMs: ms('10:06:00'),
      isRecurring: false,
    });
    expect(comparison.end()).toMatchObject([{ firstMs: ms('10:00:00'), count: 1 }]);
  });
});

describe('a misfire', () => {
  const gap = { firstMs: ms('10:00:00'), endedByMs: ms('10:06:00'), dispatchedMs: ms('10:06:10') };

  test('a misfire runs the latest occurrence of those missed for more than five minutes', () => {
    expect(isMisfire(minutely, gap, MISFIRE_MS)).toBe(true);
  });

  test.each([
    ['not behind for long', { dispatchedMs: ms('10:05:00'), endedByMs: ms('10:05:00') }],
    ['not the latest', { endedByMs: ms('10:05:00') }],
    ['not there when it was dispatched', { endedByMs: ms('10:07:00') }],
  ])('an execution is not a misfire when it was %s', (_, changes) => {
    expect(isMisfire(minutely, { ...gap, ...changes }, MISFIRE_MS)).toBe(false);
  });

  test('every occurrence that a tick skips is a misfire, and no other', () => {
    const options = fc.record({
      schedule: fc.constantFrom(minutely, every90s, parseSchedule('*/7 * * * *', 'UTC')),
      behindS: fc.integer({ min: 0, max: 3_600 }),
    });
    fc.assert(
      fc.property(options, ({ schedule, behindS }) => {
        const firstMs = firstTimeFrom(schedule, ms('10:00:00'), ms('09:00:00'))!;
        const nowMs = firstMs + behindS * 1_000;
        const { occurrencesMs } = planOccurrences(schedule, {
          nextMs: firstMs,
          nowMs,
          horizonMs: nowMs + 120_000,
          misfireAfterMs: MISFIRE_MS,
          isRecurring: true,
          limit: 1_000,
        });
        const comparison = compareTimes(schedule, { firstMs, toMs: nowMs + 120_000, isRecurring: true });
        comparison.feed(occurrencesMs);
        const misfires = comparison.end().map(({ firstMs, endedByMs }) => {
          expect(endedByMs).toBeDefined();
          return isMisfire(schedule, { firstMs, endedByMs: endedByMs!, dispatchedMs: nowMs }, MISFIRE_MS);
        });
        expect(misfires.every(Boolean)).toBe(true);
        expect(misfires.length).toBeLessThanOrEqual(behindS > 300 ? 1 : 0);
      }),
    );
  });
});
