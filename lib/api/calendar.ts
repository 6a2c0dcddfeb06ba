import * as z from 'zod';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { type Calendar, calendarLimits, type CalendarEvent } from '../domain/calendar.ts';
import { version } from '../version.ts';

export const CALENDAR_TYPE = 'text/calendar';

/** The handler's authentication reads the token; the endpoint only has to know the parameter. */
export const calendarQuerySchema = z.strictObject({
  token: z
    .string()
    .max(512, 'must have at most 512 characters')
    .meta({
      description:
        'An API key whose only scope is `calendar`. It is used if no header has a key, because calendar programs send no headers.',
    })
    .exactOptional(),
});

/** Makes the answer with the calendar. */
export const calendarReply = (calendar: Calendar, nowMs: number): APIGatewayProxyResult => ({
  statusCode: 200,
  headers: { 'content-type': `${CALENDAR_TYPE}; charset=utf-8` },
  body: calendarText(calendar, nowMs),
});

/** Writes a calendar in the format of RFC 5545. Events that do not fit in its bytes are left out, the latest first. */
export function calendarText({ events, isCapped }: Calendar, nowMs: number): string {
  const stamp = utc(nowMs);
  const written: string[] = [];
  let sizeBytes = 0;
  for (const event of events) {
    const text = eventText(event, stamp);
    sizeBytes += Buffer.byteLength(text);
    if (sizeBytes > calendarLimits.bytes - HEAD_BYTES) break;
    written.push(text);
  }
  const head = lines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:-//Belfry//Belfry ${version}//EN`,
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'X-WR-CALNAME:Belfry',
    ...(isCapped || written.length < events.length ? [`X-WR-CALDESC:${escapeText(CAPPED)}`] : []),
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
  ]);
  return `${head}${written.join('')}${lines(['END:VCALENDAR'])}`;
}

const HEAD_BYTES = 1_024;
const CAPPED =
  `This calendar is not complete: it has the next ${calendarLimits.eventsPerJob} executions of a job at most, ` +
  `and ${calendarLimits.events.toLocaleString('en-US')} in all.`;

/** The uid is that of the occurrence, so that a program recognises the event at its next visit. */
const eventText = ({ jobId, name, timeMs }: CalendarEvent, stamp: string): string =>
  lines([
    'BEGIN:VEVENT',
    `UID:${jobId}-${timeMs}@belfry`,
    `DTSTAMP:${stamp}`,
    `DTSTART:${utc(timeMs)}`,
    `SUMMARY:${escapeText(name)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]);

/** Writes an instant as a date-time in UTC, such as `20261129T030000Z`. */
const utc = (timeMs: number): string => new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** Escapes a string (RFC 5545, section 3.3.11), and removes control characters, which a string must not contain. */
const escapeText = (text: string): string =>
  text
    .replaceAll(/[\\;,]/g, String.raw`\$&`)
    .replaceAll(/\r\n|[\r\n]/g, String.raw`\n`)
    // oxlint-disable-next-line no-control-regex -- these are what is removed
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');

const lines = (all: readonly string[]): string => all.map((line) => `${fold(line)}\r\n`).join('');

const LINE_BYTES = 75;

/** Folds a line into lines of at most 75 bytes (RFC 5545, section 3.1), and never inside of a character. */
function fold(line: string): string {
  if (Buffer.byteLength(line) <= LINE_BYTES) return line;
  const parts: string[] = [];
  let part = '';
  let sizeBytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    // Each further line begins with a space, which counts.
    if (sizeBytes + size > LINE_BYTES - (parts.length > 0 ? 1 : 0)) {
      parts.push(part);
      part = '';
      sizeBytes = 0;
    }
    part += character;
    sizeBytes += size;
  }
  return [...parts, part].join('\r\n ');
}
