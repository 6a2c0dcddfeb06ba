import { describe, expect, test } from 'vitest';
import {
  adviseLoad,
  firstDay,
  hoursAround,
  withMinute,
  withoutJob,
} from '../../../../../../web/screens/job-form/preview/load-advice.ts';

const load = (counts: Record<number, number>, from = '2031-05-01T12:00:00.000Z', minutes = 60) => ({
  from,
  perMinute: Array.from({ length: minutes }, (_, minute) => counts[minute] ?? 0),
});
const noon = { utc: '2031-05-01T12:00:00.000Z', local: '2031-05-01T14:00:00+02:00' };
const three = { utc: '2031-05-01T15:00:00.000Z', local: '2031-05-01T17:00:00+02:00' };
const nextNoon = { utc: '2031-05-02T12:00:00.000Z', local: '2031-05-02T14:00:00+02:00' };

describe('the advice about the load', () => {
  test('the runs of the job itself do not count as other runs, also when it runs several times a minute', () => {
    const others = withoutJob(load({ 0: 7, 1: 4 }), load({ 0: 4, 1: 4 }));
    expect(adviseLoad(others, [noon])).toEqual({ at: noon, others: 3, quieter: undefined });
    expect(withoutJob(load({ 0: 7 }), undefined)).toEqual(load({ 0: 7 }));
  });

  test('a herd gets the nearest quiet minute that is not a round one', () => {
    expect(adviseLoad(load({ 0: 412, 1: 50, 2: 60 }), [noon])).toEqual({
      at: noon,
      others: 412,
      quieter: { minute: 3, others: 0 },
    });
  });

  test('an hour that is busy all over gets no advice', () => {
    const busy = { from: noon.utc, perMinute: Array.from({ length: 60 }, () => 100) };
    expect(adviseLoad(busy, [noon])).toEqual({ at: noon, others: 100, quieter: undefined });
  });

  test('the occurrence of a day with the most other runs counts', () => {
    const times = firstDay([noon, three, nextNoon]);
    expect(times).toEqual([noon, three]);
    const advice = adviseLoad(load({ 0: 12, 180: 412, 181: 400 }, noon.utc, 240), times);
    expect(advice).toEqual({ at: three, others: 412, quieter: { minute: 2, others: 0 } });
    expect(adviseLoad(load({}), firstDay([]))).toBeUndefined();
  });

  test('the hours follow the zone’s own clock, and do not begin in the past', () => {
    const at = { utc: '2031-05-01T12:10:00.000Z', local: '2031-05-01T22:40:00+10:30' };
    const later = { utc: '2031-05-01T14:10:00.000Z', local: '2031-05-02T00:40:00+10:30' };
    const { fromMs, untilMs } = hoursAround([at, later], Date.parse('2031-05-01T12:05:00.000Z'));
    expect([new Date(fromMs).toISOString(), new Date(untilMs).toISOString()]).toEqual([
      '2031-05-01T12:05:00.000Z',
      '2031-05-01T14:30:00.000Z',
    ]);
    const asked = load({ 5: 400 }, '2031-05-01T12:05:00.000Z');
    expect(adviseLoad(asked, [at])?.quieter).toEqual({ minute: 39, others: 0 });
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
