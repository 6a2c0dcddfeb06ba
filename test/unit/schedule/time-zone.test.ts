import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isTimeZone, spanAt } from '../../../lib/domain/schedule/time-zone.ts';
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
  ])('takes %s', (name) => expect(isTimeZone(name)).toBe(true));

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
  ])('refuses %j', (name) => expect(isTimeZone(name)).toBe(false));
});

describe('spanAt', () => {
  test('an offset holds up to the change and not at it', () => {
    const change = Date.parse('2026-03-29T01:00Z');
    const before = spanAt('Europe/Berlin', change - 1);
    const after = spanAt('Europe/Berlin', change);
    expect(before).toMatchObject({ endMs: change, offsetMs: HOUR_MS });
    expect(after).toMatchObject({ startMs: change, offsetMs: 2 * HOUR_MS });
  });

  test('changes a week apart are both seen', () => {
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

  test('spans follow each other without a break, and tell what Intl tells', () => {
    const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const anyInstant = fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(anyZone, anyInstant, (timeZone, instantMs) => {
        const span = spanAt(timeZone, instantMs);
        expect(span.startMs).toBeLessThanOrEqual(instantMs);
        expect(span.endMs).toBeGreaterThan(instantMs);
        expect(spanAt(timeZone, span.endMs).startMs).toBe(span.endMs);
        expect(spanAt(timeZone, span.startMs - 1).endMs).toBe(span.startMs);
        for (const at of [span.startMs, span.endMs - 1_000]) {
          expect(wallTimeAt(timeZone, at) - at).toBe(span.offsetMs);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('an unknown zone is an error', () => {
    expect(() => spanAt('Europe/Atlantis', 0)).toThrow(RangeError);
  });
});
