import { describe, expect, test } from 'vitest';
import {
  adviseLoad,
  hourAround,
  withMinute,
} from '../../../../../../web/screens/job-form/preview/load-advice.ts';

const load = (counts: Record<number, number>, from = '2031-05-01T12:00:00.000Z') => ({
  from,
  perMinute: Array.from({ length: 60 }, (_, minute) => counts[minute] ?? 0),
});
const noon = { utc: '2031-05-01T12:00:00.000Z', local: '2031-05-01T14:00:00+02:00' };

describe('the advice about the load', () => {
  test('the runs of the job itself do not count as other runs', () => {
    expect(adviseLoad(load({ 0: 4 }), noon, 1)).toEqual({ others: 3, quieter: undefined });
  });

  test('a herd gets the nearest quiet minute that is not a round one', () => {
    expect(adviseLoad(load({ 0: 412, 1: 50, 2: 60 }), noon, 0)).toEqual({
      others: 412,
      quieter: { minute: 3, others: 0 },
    });
  });

  test('an hour that is busy all over gets no advice', () => {
    const busy = { from: noon.utc, perMinute: Array.from({ length: 60 }, () => 100) };
    expect(adviseLoad(busy, noon, 0)).toEqual({ others: 100, quieter: undefined });
  });

  test('the hour is that of the zone’s own clock, and does not begin in the past', () => {
    const at = { utc: '2031-05-01T12:10:00.000Z', local: '2031-05-01T22:40:00+10:30' };
    const hour = hourAround(at, Date.parse('2031-05-01T12:05:00.000Z'));
    expect([new Date(hour.fromMs).toISOString(), new Date(hour.untilMs).toISOString()]).toEqual([
      '2031-05-01T12:05:00.000Z',
      '2031-05-01T12:30:00.000Z',
    ]);
    const asked = load({ 5: 400 }, '2031-05-01T12:05:00.000Z');
    expect(adviseLoad(asked, at, 0).quieter).toEqual({ minute: 39, others: 0 });
  });
});

test.each([
  ['0 0 * * *', '7 0 * * *'],
  ['30 0 9 * * MON-FRI', '30 7 9 * * MON-FRI'],
  ['@daily', '7 0 * * *'],
  ['*/5 * * * *', undefined],
  ['@every 1h', undefined],
  ['2031-05-01T12:00:00Z', undefined],
])('the schedule %s at another minute is %s', (schedule, moved) => {
  expect(withMinute(schedule, 7)).toBe(moved);
});
