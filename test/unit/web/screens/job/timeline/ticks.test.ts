import { describe, expect, test } from 'vitest';
import { makeTicks } from '../../../../../../web/screens/job/timeline/ticks.ts';

const ruler = (from: string, until: string, zone: string, width = 640) =>
  makeTicks({ fromMs: Date.parse(from), untilMs: Date.parse(until), left: 0, right: width }, zone, 64);

describe('the ticks of a ruler', () => {
  test('ticks are midnights of the zone, and not of UTC', () => {
    const ticks = ruler('2027-06-01T00:00:00Z', '2027-06-11T00:00:00Z', 'America/New_York');
    expect(ticks[0]).toEqual({ atMs: Date.parse('2027-06-01T04:00:00Z'), label: '1 Jun', isDay: true });
    expect(ticks).toHaveLength(10);
  });

  test('a day with a change of the clock has 23 hours on the ruler', () => {
    const ticks = ruler('2027-03-26T23:00:00Z', '2027-03-29T22:00:00Z', 'Europe/Berlin', 192);
    const days = ticks.filter(({ isDay }) => isDay).map(({ atMs }) => atMs);
    expect(days.slice(1).map((atMs, index) => (atMs - (days[index] ?? 0)) / 3_600_000)).toEqual([24, 23, 24]);
  });

  test('a zone that is half an hour off has its ticks at its own full hours', () => {
    const ticks = ruler('2027-06-01T00:00:00Z', '2027-06-01T06:00:00Z', 'Australia/Lord_Howe');
    expect(ticks.slice(0, 2)).toEqual([
      { atMs: Date.parse('2027-06-01T00:30:00Z'), label: '11:00', isDay: false },
      { atMs: Date.parse('2027-06-01T01:30:00Z'), label: '12:00', isDay: false },
    ]);
  });

  test('a span of minutes shows seconds, and a span of decades shows years', () => {
    expect(ruler('2027-06-01T10:00:00Z', '2027-06-01T10:02:00Z', 'UTC')[1]?.label).toBe('10:00:15');
    expect(ruler('2027-06-01T00:00:00Z', '2057-06-01T00:00:00Z', 'UTC')[0]?.label).toBe('Jan 2030');
  });

  test('no span has more ticks than fit', () => {
    for (const days of [0.001, 0.1, 1, 10, 100, 1_000, 10_000, 100_000]) {
      const until = new Date(Date.parse('2027-01-01T00:00:00Z') + days * 86_400_000).toISOString();
      expect(ruler('2027-01-01T00:00:00Z', until, 'Europe/Berlin').length).toBeLessThanOrEqual(11);
    }
  });
});
