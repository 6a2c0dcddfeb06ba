import { describe, expect, test } from 'vitest';
import { findClockChanges, instantOf, localMs } from '../../../../web/time/clock-changes.ts';

const at = (text: string): number => Date.parse(text);
const YEAR = [at('2027-01-01T00:00:00Z'), at('2028-01-01T00:00:00Z')] as const;

describe('the changes of a clock in a year', () => {
  const found = (zone: string) =>
    findClockChanges(zone, ...YEAR).map(({ atMs, byMs }) => [new Date(atMs).toISOString(), byMs / 60_000]);

  test('Berlin goes forward and back by an hour, at 01:00 UTC', () => {
    expect(found('Europe/Berlin')).toEqual([
      ['2027-03-28T01:00:00.000Z', 60],
      ['2027-10-31T01:00:00.000Z', -60],
    ]);
  });

  test('New York changes at 02:00 of its own clock', () => {
    expect(found('America/New_York')).toEqual([
      ['2027-03-14T07:00:00.000Z', 60],
      ['2027-11-07T06:00:00.000Z', -60],
    ]);
  });

  test('Lord Howe changes by half an hour', () => {
    expect(found('Australia/Lord_Howe')).toEqual([
      ['2027-04-03T15:00:00.000Z', -30],
      ['2027-10-02T15:30:00.000Z', 30],
    ]);
  });

  test('UTC never changes', () => {
    expect(found('UTC')).toEqual([]);
  });
});

test('a local time and its instant belong together, on both sides of a change', () => {
  for (const instant of ['2027-03-27T23:00:00.250Z', '2027-03-28T01:00:00Z', '2027-07-01T12:34:56Z']) {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
      expect(instantOf(localMs(at(instant), zone), zone)).toBe(at(instant));
    }
  }
});
