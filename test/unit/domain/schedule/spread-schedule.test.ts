import { describe, expect, test } from 'vitest';
import { spreadSchedule } from '../../../../lib/domain/schedule/spread-schedule.ts';

const NOW_MS = Date.parse('2026-11-29T00:00:00Z');

const spread = (schedule: string, { withinSeconds = 300, timeZone = 'UTC', jobId = 361 } = {}) =>
  spreadSchedule({ schedule, timeZone, withinSeconds, jobId, nowMs: NOW_MS });

describe('the schedule of a job that is spread', () => {
  test.each([
    ['0 0 * * *', '17 3 0 * * *'],
    ['0 0 0 * * *', '17 3 0 * * *'],
    ['@daily', '17 3 0 * * *'],
    ['@MIDNIGHT', '17 3 0 * * *'],
    ['@hourly', '17 3 * * * *'],
    ['@weekly', '17 3 0 * * 0'],
    ['  30   9 * *  mon-fri ', '17 33 9 * * mon-fri'],
    ['*/15 * * * *', '17 3-59/15 * * * *'],
    ['*/15 */2 * * *', '17 3-59/15 */2 * * *'],
    ['0,30 8-18 * * *', '17 3,33 8-18 * * *'],
    ['0,10,25 * * * *', '17 3,13,28 * * * *'],
    ['10-20 6 1 * *', '17 13-23 6 1 * *'],
    ['10-30/10 6 L * *', '17 13-33/10 6 L * *'],
    ['0 9 ? * 1-5', '17 3 9 * * 1-5'],
    ['0 0 9 LW * ?', '17 3 9 LW * *'],
    ['cron(0 12 * * ? *)', '17 3 12 * * *'],
    ['cron(0/15 12 ? JAN 2-6 *)', '17 3-59/15 12 * JAN MON-FRI'],
    ['cron(0 12 ? * 6L *)', '17 3 12 * * FRIL'],
    ['cron(0 12 ? * 2#1,L *)', '17 3 12 * * MON#1,SAT'],
    ['cron(0 12 ? * 2/2 *)', '17 3 12 * * MON,WED,FRI'],
  ])('%j becomes %j', (schedule, expected) => {
    expect(spread(schedule)).toEqual({ schedule: expected, offsetSeconds: 197 });
  });

  test.each([
    ['@every 90s', {}, 'is an interval, which has no fixed time'],
    ['rate(5 minutes)', {}, 'is an interval, which has no fixed time'],
    ['2031-05-01T12:00:00Z', {}, 'is a single instant'],
    ['0,30 0 0 * * *', {}, 'runs several times in a minute'],
    ['* * * * *', {}, 'runs every minute'],
    ['*/1 9 * * *', {}, 'runs every minute'],
    ['30 0 0 * * *', {}, 'already has a second other than 0'],
    ['cron(0 12 * * ? 2031)', {}, 'has years, which a cron with seconds cannot have'],
    ['58 * * * *', {}, 'would leave its hour; use at most 120 seconds'],
    ['*/15 * * * *', { withinSeconds: 901 }, 'would leave its hour; use at most 900 seconds'],
    [
      '*/15 1-3 * * *',
      { timeZone: 'Europe/Berlin' },
      'follows changes of the clock by its minutes alone, and would no longer do so',
    ],
    [`0 0 ${'1,'.repeat(95)}1 * *`, {}, 'would have more than 200 characters'],
  ])('%j with %j cannot be spread', (schedule, options, fault) => {
    expect(spread(schedule, options)).toEqual({ fault });
  });

  test('minutes that begin with a star are spread where no change of the clock touches their hours', () => {
    expect(spread('*/15 9-17 * * *', { timeZone: 'Europe/Berlin' })).toMatchObject({
      schedule: '17 3-59/15 9-17 * * *',
    });
    expect(spread('*/15 1-3 * * *', { timeZone: 'Asia/Tokyo' })).toMatchObject({
      schedule: '17 3-59/15 1-3 * * *',
    });
  });

  test('an invalid schedule is an error', () => {
    expect(() => spread('61 * * * *')).toThrow('minutes go from 0 to 59');
  });

  test.each([1, 59, 60, 61, 300, 3_600])(
    'the jobs of a herd are spread evenly over %d s, and none is at a full minute',
    (withinSeconds) => {
      const offsets = Array.from({ length: 80_000 }, (_, jobId) => {
        const result = spread('0 0 * * *', { withinSeconds, jobId });
        return 'fault' in result ? NaN : result.offsetSeconds;
      });
      const counts = Map.groupBy(offsets, (offset) => offset);
      const expected = Array.from({ length: withinSeconds }, (_, index) => index + 1).filter(
        (offset) => offset % 60 !== 0,
      );
      expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual(expected);
      const mean = offsets.length / expected.length;
      // Six standard deviations of a fair draw.
      for (const { length } of counts.values())
        expect(Math.abs(length - mean)).toBeLessThan(6 * Math.sqrt(mean) + 1);
    },
  );

  test('ids beyond 32 bits get times of their own', () => {
    const near = [1, 2 ** 32 + 1, 2 ** 33 + 1, 2 ** 40 + 1].map((jobId) => spread('0 0 * * *', { jobId }));
    expect(new Set(near.map((result) => JSON.stringify(result))).size).toBe(4);
  });
});
