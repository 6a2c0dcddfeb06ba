import * as fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { calendarText } from '../../../lib/api/calendar.ts';
import { type CalendarEvent, calendarLimits } from '../../../lib/domain/calendar.ts';

const NOW = Date.parse('2026-11-29T03:00:00Z');

const write = (events: CalendarEvent[], isCapped = false): string => calendarText({ events, isCapped }, NOW);

/** Reads a calendar with a parser of others. */
function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
  return { calendar, events };
}

describe('the text of a calendar', () => {
  test('a calendar program reads the names and the instants, which are in UTC', () => {
    const text = write([
      { jobId: 7, name: 'Nightly report', timeMs: NOW },
      { jobId: 8, name: 'Börse, "Öffnung"; Teil\\1\nzwei', timeMs: NOW + 86_400_999 },
    ]);
    const { calendar, events } = read(text);
    expect(calendar.getFirstPropertyValue('version')).toBe('2.0');
    expect(
      events.map(({ uid, summary, startDate }) => [uid, summary, startDate.toJSDate().toISOString()]),
    ).toEqual([
      [`7-${NOW}@belfry`, 'Nightly report', '2026-11-29T03:00:00.000Z'],
      [`8-${NOW + 86_400_999}@belfry`, 'Börse, "Öffnung"; Teil\\1\nzwei', '2026-11-30T03:00:00.000Z'],
    ]);
    expect(text).toContain('DTSTART:20261129T030000Z\r\n');
    expect(text).toContain('DTSTAMP:20261129T030000Z\r\n');
  });

  test('a calendar without executions is a calendar', () => {
    expect(read(write([])).events).toEqual([]);
  });

  test('a name is read as it was, in lines of at most 75 bytes', () => {
    // Control characters have no place in a calendar, and no name may have them.
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
      .filter((text) => !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(name, (text) => {
        const written = write([{ jobId: 1, name: text, timeMs: NOW }]);
        for (const line of written.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        expect(read(written).events[0]?.summary).toBe(text);
      }),
    );
  });

  test('a name cannot add an event', () => {
    const { events } = read(
      write([{ jobId: 1, name: 'a\r\nEND:VEVENT\r\nBEGIN:VEVENT\u0000', timeMs: NOW }]),
    );
    expect(events.map(({ summary }) => summary)).toEqual(['a\nEND:VEVENT\nBEGIN:VEVENT']);
  });

  test('a calendar has at most 1 MiB, and says when it is not complete', () => {
    const events = Array.from({ length: calendarLimits.events }, (_, place) => ({
      jobId: place,
      name: '🎂,'.repeat(200),
      timeMs: NOW + place,
    }));
    const text = write(events);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(calendarLimits.bytes);
    expect(text).toContain('X-WR-CALDESC:This calendar is not complete');
    expect(read(text).events.length).toBeGreaterThan(500);
    expect(write([], true)).toContain('X-WR-CALDESC');
    expect(write([])).not.toContain('X-WR-CALDESC');
  });
});
