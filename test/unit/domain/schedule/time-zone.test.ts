import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isTimeZone, spanAt, ZONE_DATA_VERSION } from '../../../../lib/domain/schedule/time-zone.ts';
import { wallTimeAt } from './oracle.ts';

const HOUR_MS = 3_600_000;

describe('isTimeZone', () => {
  test.each([
    'UTC',
    'Etc/UTC',
    'Etc/GMT+5',
    'GMT',
    'GB',
    'NZ',
    'EST',
    'EST5EDT',
    'W-SU',
    'Europe/Berlin',
    'europe/berlin',
    'Europe/Kyiv',
    'Europe/Kiev',
    'Asia/Kolkata',
    'America/Argentina/Buenos_Aires',
    'America/Port-au-Prince',
    'Canada/East-Saskatchewan',
  ])('the time zone %s is accepted', (name) => expect(isTimeZone(name)).toBe(true));

  test.each([
    '',
    ' ',
    'Z',
    '+02:00',
    '-05:00',
    '+02',
    'GMT+5',
    'UTC+2',
    'Berlin',
    'Europe/',
    'Europe/Atlantis',
    'Etc/Unknown',
    'Factory',
    ' Europe/Berlin',
    'Europe/Berlin\n',
    'IST',
    'PST',
    'CST',
    'SystemV/PST8',
    'US/Pacific-New',
    'Europe/Bérlin',
    '__proto__',
    'local',
    'undefined',
    'x'.repeat(100_000),
  ])('the time zone %j is refused', (name) => expect(isTimeZone(name)).toBe(false));
});

describe('spanAt', () => {
  test('an offset is valid until the change of the clock and not at it', () => {
    const change = Date.parse('2026-03-29T01:00Z');
    const before = spanAt('Europe/Berlin', change - 1);
    const after = spanAt('Europe/Berlin', change);
    expect(before).toMatchObject({ endMs: change, offsetMs: HOUR_MS });
    expect(after).toMatchObject({ startMs: change, offsetMs: 2 * HOUR_MS });
  });

  test('two changes of the clock a week apart are both found', () => {
    const summer = spanAt('America/Recife', Date.parse('2000-10-10T00:00Z'));
    expect(summer).toEqual({
      startMs: Date.parse('2000-10-08T03:00Z'),
      endMs: Date.parse('2000-10-15T02:00Z'),
      offsetMs: -2 * HOUR_MS,
    });
  });

  test('an offset may have seconds', () => {
    const change = Date.parse('1972-01-07T00:44:30Z');
    expect(spanAt('Africa/Monrovia', change - 1)).toMatchObject({ endMs: change, offsetMs: -2_670_000 });
  });

  const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));

  test('the spans of a time zone follow each other without a gap', () => {
    const anyInstant = fc.integer({ min: Date.UTC(1800, 0), max: Date.UTC(2200, 0) });
    fc.assert(
      fc.property(anyZone, anyInstant, (timeZone, instantMs) => {
        const span = spanAt(timeZone, instantMs);
        expect(span.startMs).toBeLessThanOrEqual(instantMs);
        expect(span.endMs).toBeGreaterThan(instantMs);
        if (span.endMs < Infinity) expect(spanAt(timeZone, span.endMs).startMs).toBe(span.endMs);
        if (span.startMs > -Infinity) expect(spanAt(timeZone, span.startMs - 1).endMs).toBe(span.startMs);
      }),
      { numRuns: 300 },
    );
  });

  test('spans agree with Intl from 1996 to 2023, where releases of the data agree', () => {
    const [fromMs, toMs] = [Date.UTC(1996, 0), Date.UTC(2024, 0)];
    const anyInstant = fc.integer({ min: fromMs, max: toMs });
    fc.assert(
      fc.property(anyZone, anyInstant, (timeZone, instantMs) => {
        const { startMs, endMs, offsetMs } = spanAt(timeZone, instantMs);
        const ends = [Math.max(startMs, fromMs), Math.min(endMs, toMs) - 1_000];
        for (const at of ends) expect(wallTimeAt(timeZone, at) - at).toBe(offsetMs);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['Europe/Berlin', '2099-03-29T01:00Z', 7_200],
    ['Europe/Berlin', '2099-10-25T01:00Z', 3_600],
    ['America/New_York', '2060-11-07T06:00Z', -18_000],
    ['Australia/Lord_Howe', '2100-10-02T15:30Z', 39_600],
    ['Africa/Cairo', '2080-04-25T22:00Z', 10_800],
    ['America/Nuuk', '2050-03-27T01:00Z', -3_600],
  ])('%s changes its clock at %s, long after the last change that is listed', (timeZone, at, offset) => {
    const change = Date.parse(at);
    expect(spanAt(timeZone, change)).toMatchObject({ startMs: change, offsetMs: offset * 1_000 });
    expect(spanAt(timeZone, change - 1).offsetMs).not.toBe(offset * 1_000);
  });

  test('a clock that is never changed again has one span without an end', () => {
    expect(spanAt('Asia/Tokyo', Date.UTC(2026, 0))).toMatchObject({ endMs: Infinity, offsetMs: 9 * HOUR_MS });
    expect(spanAt('UTC', 0)).toEqual({ startMs: -Infinity, endMs: Infinity, offsetMs: 0 });
  });

  test('an unknown zone is an error', () => {
    expect(() => spanAt('Europe/Atlantis', 0)).toThrow(RangeError);
  });
});

describe('the data', () => {
  test('the time zone data have the release 2026f or newer, regardless of the release that Node has', () => {
    expect(ZONE_DATA_VERSION).toMatch(/^\d{4}[a-z]$/);
    expect(ZONE_DATA_VERSION >= '2026f').toBe(true);
  });

  test.each(['America/Winnipeg', 'Canada/Central', 'America/Rainy_River', 'America/Inuvik'])(
    '%s keeps its summer time in November 2026',
    (timeZone) => {
      const summer = spanAt(timeZone, Date.parse('2026-10-01T00:00Z')).offsetMs;
      expect(spanAt(timeZone, Date.parse('2026-12-01T00:00Z')).offsetMs).toBe(summer);
    },
  );
});
