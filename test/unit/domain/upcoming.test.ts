import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';
import { nextTimeAfter } from '../../../lib/domain/schedule/next-time.ts';
import { listOccurrences, type Occurrence, type PendingSchedule } from '../../../lib/domain/upcoming.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');

const pending = (jobId: number, text: string, nextMs: number, isRecurring = true): PendingSchedule => ({
  jobId,
  schedule: compileSchedule(text, 'UTC'),
  isRecurring,
  nextMs,
});

const window = {
  nowMs: NOW,
  untilMs: NOW + 3_600_000,
  misfireAfterMs: 300_000,
  after: undefined,
  limit: 100,
};

const shown = (occurrences: Occurrence[]) =>
  occurrences.map(({ jobId, timeMs }) => `${jobId} ${new Date(timeMs).toISOString().slice(11, 19)}`);

describe('the occurrences of schedules', () => {
  test('occurrences of several schedules are listed by their times, and by the ids of their jobs', () => {
    const schedules = [
      pending(3, '*/30 * * * *', NOW + 1_800_000),
      pending(1, '0 13 * * *', NOW + 3_600_000),
      pending(2, '*/20 * * * *', NOW + 1_200_000),
    ];
    const expected = ['2 12:20:00', '3 12:30:00', '2 12:40:00', '1 13:00:00', '2 13:00:00', '3 13:00:00'];
    expect(shown(listOccurrences(schedules, window))).toEqual(expected);
    expect(shown(listOccurrences(schedules, { ...window, limit: 2 }))).toEqual(expected.slice(0, 2));
  });

  test('a job that does not recur has one occurrence, even if its schedule has more', () => {
    const once = pending(1, '*/5 * * * *', NOW + 300_000, false);
    expect(shown(listOccurrences([once], window))).toEqual(['1 12:05:00']);
    const after = { timeMs: NOW + 300_000, jobId: 1 };
    expect(listOccurrences([once], { ...window, after })).toEqual([]);
  });

  test('a schedule that is far behind has only the latest of its missed occurrences', () => {
    const late = pending(1, '*/30 * * * *', NOW - 7_200_000);
    expect(shown(listOccurrences([late], window))).toEqual(['1 12:00:00', '1 12:30:00', '1 13:00:00']);
    const slightlyLate = pending(1, '* * * * *', NOW - 120_000);
    expect(shown(listOccurrences([slightlyLate], { ...window, limit: 3 }))).toEqual([
      '1 11:58:00',
      '1 11:59:00',
      '1 12:00:00',
    ]);
  });

  test('pages of any size show each occurrence once, in the order of the whole list', () => {
    const texts = ['* * * * *', '*/7 * * * *', '@every 50s', '30 */10 * * * *', '0 13 * * *'];
    const schedules = fc.array(
      fc.record({ text: fc.constantFrom(...texts), offsetMs: fc.integer({ min: -200, max: 600 }) }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 9 }), (made, limit) => {
        const all = made.map(({ text, offsetMs }, index) => {
          const fromMs = NOW + offsetMs * 1_000;
          const schedule = compileSchedule(text, 'UTC');
          const nextMs = schedule.kind === 'interval' ? fromMs : (nextTimeAfter(schedule, fromMs) ?? fromMs);
          return pending(index + 1, text, nextMs);
        });
        const untilMs = NOW + 900_000;
        const whole = listOccurrences(all, { ...window, untilMs, limit: 10_000 });
        const paged: Occurrence[] = [];
        for (;;) {
          const page = listOccurrences(all, { ...window, untilMs, limit, after: paged.at(-1) });
          paged.push(...page);
          if (page.length < limit) break;
        }
        expect(paged).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });
});
