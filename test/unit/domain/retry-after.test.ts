import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHttpDate, parseRetryAfter } from '../../../lib/domain/retry-after.ts';

const nowMs = Date.UTC(2026, 10, 28, 12, 0, 0);

describe('a Retry-After header', () => {
  test.each([
    ['120', 120_000],
    [' 1 ', 1_000],
    ['007', 7_000],
    ['Sat, 28 Nov 2026 12:02:00 GMT', 120_000],
    ['Saturday, 28-Nov-26 12:02:00 GMT', 120_000],
    ['Sat Nov 28 12:02:00 2026', 120_000],
    ['Tue Dec  1 12:00:00 2026', 3 * 86_400_000],
  ])('%s is a wait of %i ms', (value, waitMs) => {
    expect(parseRetryAfter([value], nowMs)).toBe(waitMs);
  });

  test.each([
    '0',
    '-5',
    '+5',
    '1.5',
    '1e3',
    '0x10',
    '',
    'soon',
    '120, 60',
    '120;',
    '2026-11-28T12:02:00Z',
    'Sat, 28 Nov 2026 11:59:59 GMT',
    'Sat, 28 Nov 2026 12:00:00 GMT',
    'Sat, 31 Nov 2026 12:02:00 GMT',
    'Sat, 28 Nov 2026 24:02:00 GMT',
    'Sat, 28 Nov 2026 12:02:00 CET',
    'sat, 28 nov 2026 12:02:00 gmt',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    '١٢٠',
  ])('%s is no wait', (value) => {
    expect(parseRetryAfter([value], nowMs)).toBeUndefined();
  });

  test('the longest of several values counts, and an invalid one does not matter', () => {
    expect(parseRetryAfter(['60', 'soon', '120', '-1'], nowMs)).toBe(120_000);
    expect(parseRetryAfter([], nowMs)).toBeUndefined();
  });

  test('any number of digits is a finite wait', () => {
    expect(parseRetryAfter(['9'.repeat(40)], nowMs)).toBe(2_147_483_648_000);
    expect(parseRetryAfter(['9'.repeat(41)], nowMs)).toBeUndefined();
  });

  test('no text makes the parser throw or return a wait that is not positive and finite', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[A-Za-z]{3},? [\d -:A-Za-z]{0,30}$/),
    );
    fc.assert(
      fc.property(fc.array(texts), (values) => {
        const wait = parseRetryAfter(values, nowMs);
        return wait === undefined || (wait > 0 && Number.isFinite(wait));
      }),
    );
  });
});

describe('a date of HTTP', () => {
  test('a date that was written as HTTP demands is read back to the second', () => {
    const dates = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseHttpDate(date.toUTCString(), nowMs)).toBe(Math.floor(date.getTime() / 1_000) * 1_000);
      }),
    );
  });

  test('a year of two digits is at most 50 years in the future', () => {
    const yearOf = (digits: string): number =>
      new Date(parseHttpDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, nowMs) ?? 0).getUTCFullYear();
    expect([yearOf('94'), yearOf('26'), yearOf('76'), yearOf('77')]).toEqual([1994, 2026, 2076, 1977]);
  });

  test('a leap second counts as the second after it', () => {
    expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT', nowMs)).toBe(Date.UTC(2017, 0, 1));
  });
});
