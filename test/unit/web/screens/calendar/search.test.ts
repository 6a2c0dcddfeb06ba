import { expect, test } from 'vitest';
import { parseCalendarSearch, toParameter } from '../../../../../web/screens/calendar/search.ts';

test('the address of the calendar has a week, an hour and a minute', () => {
  const search = { from: '2031-05-01', hour: '2031-05-01T03:00Z', minute: '2031-05-01T03:07Z' };
  expect(parseCalendarSearch(search)).toEqual(search);
});

test('values that are not dates or instants are left out of the address of the calendar', () => {
  expect(parseCalendarSearch({ from: '2031-13-45', hour: '<b>', minute: '2031-05-01', other: '1' })).toEqual(
    {},
  );
});

test('an instant in the address can be read again', () => {
  const atMs = Date.parse('2031-05-01T03:07:00Z');
  expect(Date.parse(parseCalendarSearch({ minute: toParameter(atMs) }).minute ?? '')).toBe(atMs);
});
