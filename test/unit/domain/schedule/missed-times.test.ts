import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { latestTimeUpTo } from '../../../../lib/domain/schedule/missed-times.ts';
import { nextTimeAfter } from '../../../../lib/domain/schedule/next-time.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';
import { anyCron, anySecond } from './crons.ts';

const iso = (ms: number) => new Date(ms).toISOString();

describe('latestTimeUpTo after an outage', () => {
  test('latestTimeUpTo finds the last occurrence that stepping through all missed ones finds', () => {
    const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Sao_Paulo'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        anyCron(anySecond),
        fc.integer({ min: Date.UTC(2017, 0), max: Date.UTC(2020, 0) }),
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (timeZone, { expression }, startMs, missed, fraction) => {
          const schedule = parseSchedule(expression, timeZone);
          const fromMs = nextTimeAfter(schedule, startMs);
          if (fromMs === undefined) return;
          let latestMs = fromMs;
          let followingMs = nextTimeAfter(schedule, fromMs);
          for (let i = 0; i < missed && followingMs !== undefined; i += 1) {
            latestMs = followingMs;
            followingMs = nextTimeAfter(schedule, latestMs);
          }
          const nowMs = latestMs + Math.floor(fraction * ((followingMs ?? latestMs + 1) - latestMs));
          expect(iso(latestTimeUpTo(schedule, fromMs, nowMs))).toBe(iso(latestMs));
        },
      ),
      { numRuns: 100 },
    );
  });

  test.each([
    ['* * * * * *', '2026-06-01T12:00:00.500Z', '2026-06-01T12:00:00Z'],
    ['0 0 * * *', '2026-06-01T12:00Z', '2026-06-01T00:00+02:00'],
    ['30 2 * * *', '2026-03-29T03:00+02:00', '2026-03-29T03:00+02:00'],
    ['30 2 * * *', '2026-03-29T02:59:59.999+01:00', '2026-03-29T03:00+02:00'],
    ['0 0 29 2 *', '2026-06-01T12:00Z', '2024-02-29T00:00+01:00'],
  ])(
    'latestTimeUpTo finds after fifteen missed years of %s at %s the time %s',
    (expression, now, expected) => {
      const schedule = parseSchedule(expression, 'Europe/Berlin');
      const fromMs = nextTimeAfter(schedule, Date.UTC(2011, 0)) ?? NaN;
      expect(iso(latestTimeUpTo(schedule, fromMs, Date.parse(now)))).toBe(iso(Date.parse(expected)));
    },
  );

  test('latestTimeUpTo returns the given occurrence when none came since', () => {
    const daily = parseSchedule('0 0 * * *', 'UTC');
    const fromMs = Date.UTC(2026, 5, 1);
    expect(latestTimeUpTo(daily, fromMs, fromMs)).toBe(fromMs);
    expect(latestTimeUpTo(daily, fromMs, fromMs + 86_399_999)).toBe(fromMs);
    expect(latestTimeUpTo({ kind: 'once', atMs: fromMs }, fromMs, fromMs + 1e12)).toBe(fromMs);
  });

  test('latestTimeUpTo keeps to the anchor of an interval', () => {
    const every90s = parseSchedule('@every 90s', 'UTC');
    const fromMs = Date.UTC(2026, 5, 1) + 250;
    expect(latestTimeUpTo(every90s, fromMs, fromMs + 89_999)).toBe(fromMs);
    expect(latestTimeUpTo(every90s, fromMs, fromMs + 90_000)).toBe(fromMs + 90_000);
    expect(latestTimeUpTo(every90s, fromMs, fromMs + 1_000_000 * 90_000 + 7)).toBe(
      fromMs + 1_000_000 * 90_000,
    );
  });
});
