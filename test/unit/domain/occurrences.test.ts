import { describe, expect, test } from 'vitest';
import { planOccurrences } from '../../../lib/domain/occurrences.ts';
import { parseSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';

const at = (time: string) => Date.parse(`2030-03-04T${time}Z`);
const plan = (
  expression: string,
  times: { next: string; now: string; horizon: string },
  rest: { isRecurring?: boolean; limit?: number } = {},
) => {
  const { occurrencesMs, nextMs, skipped } = planOccurrences(parseSchedule(expression, 'UTC'), {
    nextMs: at(times.next),
    nowMs: at(times.now),
    horizonMs: at(times.horizon),
    misfireAfterMs: 300_000,
    isRecurring: true,
    limit: 20,
    ...rest,
  });
  const time = (ms: number) => new Date(ms).toISOString().slice(11, 19);
  return {
    occurrences: occurrencesMs.map(time),
    next: nextMs === undefined ? undefined : time(nextMs),
    ...(skipped && { skipped: `${skipped.count}: ${time(skipped.firstMs)} to ${time(skipped.lastMs)}` }),
  };
};

describe('the occurrences of a tick', () => {
  test('a tick dispatches all occurrences up to and including its horizon', () => {
    expect(plan('* * * * *', { next: '10:01:00', now: '10:00:30', horizon: '10:03:00' })).toEqual({
      occurrences: ['10:01:00', '10:02:00', '10:03:00'],
      next: '10:04:00',
    });
  });

  test('each occurrence is dispatched while the schedule is less than five minutes behind', () => {
    expect(plan('* * * * *', { next: '10:01:00', now: '10:06:00', horizon: '10:06:30' })).toEqual({
      occurrences: ['10:01:00', '10:02:00', '10:03:00', '10:04:00', '10:05:00', '10:06:00'],
      next: '10:07:00',
    });
  });

  test('the latest missed occurrence and the ones ahead are dispatched when the schedule is further behind', () => {
    expect(plan('* * * * *', { next: '10:01:00', now: '16:06:10', horizon: '16:08:10' })).toEqual({
      occurrences: ['16:06:00', '16:07:00', '16:08:00'],
      next: '16:09:00',
      skipped: '365: 10:01:00 to 16:05:00',
    });
  });

  test('an interval that is more than five minutes behind skips all missed occurrences but the latest', () => {
    expect(plan('@every 90s', { next: '10:00:07', now: '10:10:00', horizon: '10:10:00' })).toEqual({
      occurrences: ['10:09:07'],
      next: '10:10:37',
      skipped: '6: 10:00:07 to 10:07:37',
    });
  });

  test('a schedule that missed one occurrence long ago runs it and skips none', () => {
    expect(plan('0 10 * * *', { next: '10:00:00', now: '16:00:00', horizon: '16:04:00' })).toEqual({
      occurrences: ['10:00:00'],
      next: '10:00:00',
    });
  });

  test('the limit of occurrences leaves later ones to the next batch, and skips none of them', () => {
    const times = { next: '10:01:00', now: '10:20:00', horizon: '10:24:00' };
    expect(plan('* * * * *', times, { limit: 2 })).toEqual({
      occurrences: ['10:20:00', '10:21:00'],
      next: '10:22:00',
      skipped: '19: 10:01:00 to 10:19:00',
    });
  });

  test('an interval counts from the scheduled time, not from the clock', () => {
    expect(plan('@every 90s', { next: '10:00:07', now: '10:00:30', horizon: '10:02:00' })).toEqual({
      occurrences: ['10:00:07', '10:01:37'],
      next: '10:03:07',
    });
  });

  test('occurrences stop at the limit, and the schedule is at the first one left out', () => {
    const times = { next: '10:01:00', now: '10:00:30', horizon: '10:02:30' };
    expect(plan('* * * * * *', times, { limit: 3 })).toEqual({
      occurrences: ['10:01:00', '10:01:01', '10:01:02'],
      next: '10:01:03',
    });
  });

  test('a job that does not recur has one occurrence, even if it is late', () => {
    const times = { next: '10:01:00', now: '16:00:00', horizon: '16:02:00' };
    expect(plan('* * * * *', times, { isRecurring: false })).toEqual({
      occurrences: ['10:01:00'],
      next: undefined,
    });
    expect(plan('2030-03-04T10:01:00Z', times, { isRecurring: false }).occurrences).toEqual(['10:01:00']);
  });
});
