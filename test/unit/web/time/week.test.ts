import { describe, expect, test } from 'vitest';
import { addDays, dateOf, daysFrom, hourRows, minutesOf } from '../../../../web/time/week.ts';

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

describe('the days of a week map', () => {
  test.each([
    { zone: 'UTC', date: '2026-03-29', hours: 24 },
    { zone: 'Europe/Berlin', date: '2026-03-28', hours: 24 },
    { zone: 'Europe/Berlin', date: '2026-03-29', hours: 23 },
    { zone: 'Europe/Berlin', date: '2026-10-25', hours: 25 },
    { zone: 'America/New_York', date: '2026-03-08', hours: 23 },
    { zone: 'America/New_York', date: '2026-11-01', hours: 25 },
    { zone: 'Australia/Lord_Howe', date: '2026-04-05', hours: 24.5 },
    { zone: 'Australia/Lord_Howe', date: '2026-10-04', hours: 23.5 },
    { zone: 'Asia/Kathmandu', date: '2026-10-04', hours: 24 },
    { zone: 'Pacific/Kiritimati', date: '2026-10-04', hours: 24 },
  ])('$date has $hours hours in $zone', ({ zone, date, hours }) => {
    const [day] = daysFrom(date, 1, zone);
    expect(day && minutesOf(day)).toBe(hours * 60);
  });

  test('a day begins at midnight of its zone, and the next one where it ends', () => {
    const days = daysFrom('2026-10-24', 3, 'Europe/Berlin');
    expect(days.map(({ date, slots }) => [date, iso(slots[0]?.fromMs)])).toEqual([
      ['2026-10-24', '2026-10-23T22:00:00.000Z'],
      ['2026-10-25', '2026-10-24T22:00:00.000Z'],
      ['2026-10-26', '2026-10-25T23:00:00.000Z'],
    ]);
    expect(days[0]?.slots.at(-1)?.untilMs).toBe(days[1]?.slots[0]?.fromMs);
  });

  test('a day begins at the first hour of the clock where midnight is skipped', () => {
    const [day] = daysFrom('2026-03-08', 1, 'America/Havana');
    expect(day?.slots[0]?.hour).toBe(1);
  });

  test('an hour that the clock skips has no slot on that day alone', () => {
    const two = hourRows(daysFrom('2026-03-28', 3, 'Europe/Berlin')).find(({ hour }) => hour === 2);
    expect(two?.slots.map((slot) => slot !== undefined)).toEqual([true, false, true]);
  });

  test('an hour that the clock shows twice has a second row, which other days do not have', () => {
    const rows = hourRows(daysFrom('2026-10-24', 3, 'Europe/Berlin'));
    expect(rows).toHaveLength(25);
    const again = rows.find(({ isAgain }) => isAgain);
    expect(again?.hour).toBe(2);
    expect(again?.slots.map((slot) => iso(slot?.fromMs))).toEqual([
      undefined,
      '2026-10-25T01:00:00.000Z',
      undefined,
    ]);
  });

  test('a change of half an hour repeats half an hour', () => {
    const again = hourRows(daysFrom('2026-04-05', 1, 'Australia/Lord_Howe')).find(({ isAgain }) => isAgain);
    const slot = again?.slots[0];
    expect(slot && (slot.untilMs - slot.fromMs) / 60_000).toBe(30);
  });
});

describe('dates', () => {
  test('the date of an instant is the one of its zone', () => {
    const at = Date.parse('2026-11-29T23:30:00Z');
    expect(dateOf(at, 'UTC')).toBe('2026-11-29');
    expect(dateOf(at, 'Europe/Berlin')).toBe('2026-11-30');
    expect(dateOf(at, 'America/New_York')).toBe('2026-11-29');
  });

  test('days are added across the end of a month and of a year', () => {
    expect(addDays('2026-12-30', 7)).toBe('2027-01-06');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  });
});
