import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { countTimes } from '../../../../lib/domain/schedule/count-times.ts';
import { nextTimeAfter } from '../../../../lib/domain/schedule/next-time.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';
import { anyCron, anySecond } from './crons.ts';

const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Asia/Kathmandu'];

describe('countTimes', () => {
  test('countTimes counts what stepping through all occurrences counts, also over changes of the clock', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        anyCron(anySecond),
        fc.oneof(
          fc.integer({ min: Date.UTC(2017, 0), max: Date.UTC(2020, 0) }),
          // Hours around changes of the clocks of the zones.
          fc
            .tuple(
              fc.constantFrom(
                Date.UTC(2018, 2, 25, 1),
                Date.UTC(2018, 9, 28, 1),
                Date.UTC(2018, 3, 1, 0),
                Date.UTC(2018, 9, 6, 15, 30),
                Date.UTC(2018, 10, 4, 3),
                Date.UTC(2018, 1, 18, 2),
              ),
              fc.integer({ min: -8 * 3_600, max: 8 * 3_600 }),
            )
            .map(([changeMs, seconds]) => changeMs + seconds * 1_000),
        ),
        fc.integer({ min: 0, max: 400 }),
        (timeZone, { expression }, startMs, steps) => {
          const schedule = parseSchedule(expression, timeZone);
          const firstMs = nextTimeAfter(schedule, startMs);
          if (firstMs === undefined) return;
          let lastMs = firstMs;
          let count = 1;
          for (let nextMs = nextTimeAfter(schedule, lastMs); count <= steps; count += 1) {
            if (nextMs === undefined) break;
            lastMs = nextMs;
            nextMs = nextTimeAfter(schedule, lastMs);
          }
          expect(countTimes(schedule, firstMs, lastMs)).toBe(count);
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each([
    ['* * * * * *', 'UTC', '2031-03-01T00:00:00Z', '2031-04-29T23:59:59Z', 60 * 86_400],
    ['* * * * * *', 'UTC', '2021-01-01T00:00:00Z', '2030-12-31T23:59:59Z', 3_652 * 86_400],
    ['30 2 * * *', 'Europe/Berlin', '2031-03-29T01:30:00Z', '2031-03-31T00:30:00Z', 3],
    ['*/30 * * * *', 'Europe/Berlin', '2031-03-29T23:00:00Z', '2031-03-30T21:30:00Z', 46],
    ['*/30 * * * *', 'Europe/Berlin', '2031-10-25T22:00:00Z', '2031-10-26T22:30:00Z', 50],
    ['0,30 2 * * *', 'Europe/Berlin', '2031-10-26T00:00:00Z', '2031-10-27T01:30:00Z', 4],
    ['59 59 1,2 * * *', 'Europe/Berlin', '2031-03-30T00:59:59Z', '2031-03-30T00:59:59Z', 1],
    ['59 59 1,2 * * *', 'Europe/Berlin', '2031-03-30T00:59:59Z', '2031-03-30T01:00:00Z', 2],
    ['0 9 * * MON#1', 'UTC', '2031-01-06T09:00:00Z', '2031-12-01T09:00:00Z', 12],
    ['cron(0 0 1 1 ? 2031-2033)', 'UTC', '2031-01-01T00:00:00Z', '2040-01-01T00:00:00Z', 3],
  ])('countTimes counts the times of %s in %s from %s to %s', (expression, zone, first, last, count) => {
    const schedule = parseSchedule(expression, zone);
    expect(countTimes(schedule, Date.parse(first), Date.parse(last))).toBe(count);
  });

  test('a first time that the schedule no longer has counts as one, because it was planned', () => {
    // Such a next time is stored until a tick has adopted new time zone data.
    const hourly = parseSchedule('0 * * * *', 'UTC');
    const half = Date.parse('2031-01-01T00:30:00Z');
    expect(countTimes(hourly, half, half)).toBe(1);
    expect(countTimes(hourly, half, Date.parse('2031-01-01T02:00:00Z'))).toBe(3);
    expect(countTimes(hourly, half + 500, Date.parse('2031-01-01T02:00:00Z'))).toBe(3);
  });

  test('countTimes counts an interval from its first time, and one instant once', () => {
    const firstMs = Date.UTC(2031, 0) + 250;
    const every90s = parseSchedule('@every 90s', 'UTC');
    expect(countTimes(every90s, firstMs, firstMs)).toBe(1);
    expect(countTimes(every90s, firstMs, firstMs + 90_000 * 1_000)).toBe(1_001);
    expect(countTimes({ kind: 'once', atMs: firstMs }, firstMs, firstMs)).toBe(1);
    expect(countTimes(every90s, firstMs, firstMs - 1)).toBe(0);
  });
});
