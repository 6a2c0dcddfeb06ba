import { describe, expect, test } from 'vitest';
import { InvalidScheduleError } from '../../../../lib/domain/errors.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';
import { suggestTimeZone } from '../../../../lib/domain/schedule/suggest-time-zone.ts';

describe('suggestTimeZone', () => {
  test.each([
    ['Europe/Berln', 'Europe/Berlin'],
    ['America/New_Yrok', 'America/New_York'],
    ['america new york', 'America/New_York'],
    ['Asia/Calcuta', 'Asia/Calcutta'],
    ['Berlin', 'Europe/Berlin'],
    ['Sao Paulo', 'America/Sao_Paulo'],
  ])('suggestTimeZone suggests for %s the zone %s', (given, meant) => {
    expect(suggestTimeZone(given)).toBe(meant);
  });

  test.for(['', '+02:00', 'UTC+2', 'IST', 'CEST', 'Middle-earth/Hobbiton', 'x'.repeat(100)])(
    'suggestTimeZone suggests nothing for %s',
    (given) => {
      expect(suggestTimeZone(given)).toBeUndefined();
    },
  );
});

test('an unknown time zone is refused with a suggestion', () => {
  expect(() => parseSchedule('0 9 * * *', 'Europe/Berln')).toThrow(InvalidScheduleError);
  expect(() => parseSchedule('0 9 * * *', 'Europe/Berln')).toThrow(/; did you mean "Europe\/Berlin"\?$/);
});
