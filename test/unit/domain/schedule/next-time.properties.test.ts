import { Cron } from 'croner';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { nextTimeAfter } from '../../../../lib/domain/schedule/next-time.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';
import type { Schedule } from '../../../../lib/domain/schedule/schedule.ts';
import { anyCron, anySecond, onTheMinute } from './crons.ts';
import { matches, occurrencesIn, openWindow, wallTimeAt } from './oracle.ts';
import type { Window } from './oracle.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const changes: [timeZone: string, instant: string, what: string][] = [
  ['Europe/Berlin', '2026-03-29T01:00Z', 'gap 02:00 to 03:00'],
  ['Europe/Berlin', '2026-10-25T01:00Z', '03:00 back to 02:00'],
  ['America/New_York', '2026-03-08T07:00Z', 'gap 02:00 to 03:00'],
  ['America/New_York', '2026-11-01T06:00Z', '02:00 back to 01:00'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z', '02:00 back to 01:30'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z', 'gap 02:00 to 02:30'],
  ['Antarctica/Troll', '2026-03-29T01:00Z', 'gap 01:00 to 03:00'],
  ['Europe/Dublin', '2026-10-25T01:00Z', 'negative daylight saving, 02:00 back to 01:00'],
  ['Africa/Casablanca', '2025-02-23T02:00Z', 'negative daylight saving, 03:00 back to 02:00'],
  ['Africa/Casablanca', '2025-04-06T02:00Z', 'negative daylight saving, gap 02:00 to 03:00'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z', 'gap 00:00 to 01:00'],
  ['America/Sao_Paulo', '2018-02-18T02:00Z', '00:00 back to 23:00'],
  ['Asia/Beirut', '2026-03-28T22:00Z', 'gap 00:00 to 01:00'],
  ['America/Havana', '2025-11-02T05:00Z', '01:00 back to 00:00'],
  ['America/St_Johns', '2006-10-29T02:31Z', '00:01 back to 23:01'],
  ['Asia/Kathmandu', '1985-12-31T18:30Z', 'gap 00:00 to 00:15, at the turn of a year'],
  ['America/Caracas', '2007-12-09T07:00Z', '03:00 back to 02:30, permanently'],
  ['Asia/Jerusalem', '2023-03-24T00:00Z', 'gap 02:00 to 03:00, just where one year of spans ends'],
  ['America/Havana', '1984-10-14T04:00Z', '00:00 back to 23:00, soon after one year of spans ends'],
  ['Pacific/Apia', '2011-12-30T10:00Z', 'gap of the whole of 30 December'],
  ['Pacific/Kwajalein', '1969-09-30T13:00Z', 'nearly the whole of 30 September twice'],
];

/** Takes its samples once, when the first property asks. */
function lazily(open: () => Window): () => Window {
  let opened: Window | undefined;
  return () => (opened ??= open());
}

const byTheMinute = changes.map(([timeZone, instant, what]) => {
  const reachMs = (what.includes('the whole') ? 25 : 4) * HOUR_MS;
  const reach = { stepMs: MINUTE_MS, reachMs, marginMs: reachMs };
  return { timeZone, instant, what, window: lazily(() => openWindow(timeZone, Date.parse(instant), reach)) };
});

// Only around the smallest changes, since each second is a sample.
const halfHours = changes
  .filter(([timeZone]) => timeZone === 'Australia/Lord_Howe')
  .map(([timeZone, instant]) => {
    const reach = { stepMs: SECOND_MS, reachMs: 31 * MINUTE_MS, marginMs: 31 * MINUTE_MS };
    return { timeZone, instant, window: lazily(() => openWindow(timeZone, Date.parse(instant), reach)) };
  });

/** Every occurrence from `fromMs` to `toMs`, both included. */
function occurrences(schedule: Schedule, fromMs: number, toMs: number): number[] {
  const found: number[] = [];
  let next = nextTimeAfter(schedule, fromMs - 1);
  while (next !== undefined && next <= toMs) {
    found.push(next);
    next = nextTimeAfter(schedule, next);
  }
  return found;
}

describe('nextTimeAfter around a change of the clock', () => {
  test.each(byTheMinute)(
    'nextTimeAfter agrees with a search of each minute in $timeZone at $instant: $what',
    ({ timeZone, instant, window }) => {
      const { fromMs, toMs } = window();
      const anyAfter = fc.oneof(
        fc.integer({ min: fromMs, max: toMs }),
        fc.constantFrom(-1, 0, 1).map((by) => Date.parse(instant) + by),
      );
      fc.assert(
        fc.property(anyCron(onTheMinute), anyAfter, ({ expression, plain }, afterMs) => {
          const schedule = parseSchedule(expression, timeZone);
          const expected = occurrencesIn(window(), plain);
          expect(occurrences(schedule, fromMs, toMs).join()).toBe(expected.join());
          const next = nextTimeAfter(schedule, afterMs) ?? Infinity;
          expect(next > toMs ? undefined : next).toBe(expected.find((at) => at > afterMs));
        }),
        { numRuns: 25 },
      );
    },
  );

  test.each(halfHours)(
    'nextTimeAfter agrees with a search of each second in $timeZone at $instant',
    ({ timeZone, window }) => {
      const { fromMs, toMs } = window();
      fc.assert(
        fc.property(anyCron(anySecond), ({ expression, plain }) => {
          const found = occurrences(parseSchedule(expression, timeZone), fromMs, toMs);
          expect(found.join()).toBe(occurrencesIn(window(), plain).join());
        }),
        { numRuns: 15 },
      );
    },
  );
});

describe('nextTimeAfter in any zone and year', () => {
  const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const anyInstant = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2075, 0) });
  // The host's zone data may be of another release; the releases agree on these years.
  const anyPastInstant = fc.integer({ min: Date.UTC(1996, 0), max: Date.UTC(2025, 0) });
  const runs = { numRuns: 150 };

  test('the next time is later, and shows a matching wall time or ends a gap', () => {
    fc.assert(
      fc.property(anyZone, anyCron(anySecond), anyPastInstant, (timeZone, { expression, plain }, afterMs) => {
        const next = nextTimeAfter(parseSchedule(expression, timeZone), afterMs);
        if (next === undefined || next > Date.UTC(2025, 0)) return;
        expect(next).toBeGreaterThan(afterMs);
        expect(next % SECOND_MS).toBe(0);
        const jumpedMs = wallTimeAt(timeZone, next) - wallTimeAt(timeZone, next - SECOND_MS);
        const shows = matches(plain, wallTimeAt(timeZone, next));
        expect(shows || (!plain.followsClock && jumpedMs > SECOND_MS)).toBe(true);
      }),
      runs,
    );
  });

  test('a later instant never has an earlier next time, and no time in between is left out', () => {
    fc.assert(
      fc.property(
        anyZone,
        anyCron(anySecond),
        anyInstant,
        fc.integer({ min: 0, max: 400 * 24 * HOUR_MS }),
        (timeZone, { expression }, afterMs, laterByMs) => {
          const schedule = parseSchedule(expression, timeZone);
          const next = nextTimeAfter(schedule, afterMs) ?? Infinity;
          const afterLater = nextTimeAfter(schedule, afterMs + laterByMs) ?? Infinity;
          expect(afterLater).toBeGreaterThanOrEqual(next);
          if (next > afterMs + laterByMs) expect(afterLater).toBe(next);
        },
      ),
      runs,
    );
  });

  test('croner computes the same next times in UTC', () => {
    fc.assert(
      fc.property(anyCron(anySecond), anyInstant, ({ expression }, afterMs) => {
        const expected = new Cron(expression, { timezone: 'UTC' }).nextRun(new Date(afterMs));
        // Where croner finds none, it gives up sooner than Belfry does.
        if (expected === null) return;
        expect(nextTimeAfter(parseSchedule(expression, 'UTC'), afterMs)).toBe(expected.getTime());
      }),
      runs,
    );
  });
});
