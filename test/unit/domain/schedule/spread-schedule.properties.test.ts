import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextTimeAfter } from '../../../../lib/domain/schedule/next-time.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';
import type { CronSchedule, Schedule } from '../../../../lib/domain/schedule/schedule.ts';
import { spreadSchedule } from '../../../../lib/domain/schedule/spread-schedule.ts';
import { spanAt } from '../../../../lib/domain/schedule/time-zone.ts';
import { nextWallTime } from '../../../../lib/domain/schedule/wall-time.ts';
import { anyCron, onTheMinute } from './crons.ts';

const HOUR_MS = 3_600_000;
const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const anyInstant = fc
  .integer({ min: Date.UTC(1975, 0) / 1_000, max: Date.UTC(2075, 0) / 1_000 })
  .map((seconds) => seconds * 1_000);
const anyJob = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const anyWindow = fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 3_600 }));

/** Day of week of AWS: values from 1 to 7, names, and its special forms. */
const anyAwsWeekday = fc.oneof(
  fc.constantFrom(
    '*',
    'L',
    '1',
    '7',
    '6L',
    'FRIL',
    '2#1',
    'MON#2',
    'SUN-SAT',
    '7-1',
    '2-6',
    '6-2',
    '2/2',
    '*/2',
    '3-7/2',
    'FRI-MON',
  ),
  fc
    .uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })
    .map((days) => days.join(',')),
);
const anyAws = fc
  .tuple(anyCron(onTheMinute), fc.oneof(anyAwsWeekday, fc.constant('?')))
  .map(([{ expression }, weekday]) => {
    const [, minute, hour, day, month] = expression.split(' ');
    return `cron(${minute} ${hour} ${weekday === '?' ? day : '?'} ${month} ${weekday} *)`;
  });

/** A schedule at full minutes, in each of its forms. */
const anySchedule = fc.oneof(
  anyCron(onTheMinute).map(({ expression }) => expression),
  anyCron(onTheMinute).map(({ expression }) => expression.slice(2)),
  anyAws,
  fc.constantFrom('@yearly', '@monthly', '@weekly', '@daily', '@hourly', '*/15 * * * *', '0 0 * * *'),
);

type Case = { before: Schedule; after: Schedule; text: string; offsetMs: number };

/** Spreads a schedule. Skips the case if it cannot be spread. */
function spreadOf(schedule: string, timeZone: string, withinSeconds: number, jobId: number): Case {
  const nowMs = Date.UTC(2026, 10, 29);
  const result = spreadSchedule({ schedule, timeZone, withinSeconds, jobId, nowMs });
  fc.pre(!('fault' in result));
  return {
    before: parseSchedule(schedule, timeZone),
    after: parseSchedule(result.schedule, timeZone),
    text: result.schedule,
    offsetMs: result.offsetSeconds * 1_000,
  };
}

const isTime = (schedule: Schedule, timeMs: number): boolean =>
  nextTimeAfter(schedule, timeMs - 1) === timeMs;

const asCron = (schedule: Schedule): CronSchedule => {
  if (schedule.kind !== 'cron') throw new Error(`expected a cron, not ${schedule.kind}`);
  return schedule;
};

describe('a schedule that is spread', () => {
  const runs = { numRuns: 400 };

  test('each wall time is later by the offset, which is in the window, and has the same day and hour', () => {
    fc.assert(
      fc.property(
        anySchedule,
        anyZone,
        anyWindow,
        anyJob,
        anyInstant,
        (schedule, zone, window, job, fromMs) => {
          const { before, after, offsetMs } = spreadOf(schedule, zone, window, job);
          expect(offsetMs).toBeGreaterThan(0);
          expect(offsetMs).toBeLessThanOrEqual(window * 1_000);
          const wallMs = nextWallTime(asCron(before), fromMs);
          const newMs = nextWallTime(asCron(after), fromMs + offsetMs);
          expect(newMs).toBe(wallMs + offsetMs);
          if (wallMs !== Infinity) expect(Math.floor(newMs / HOUR_MS)).toBe(Math.floor(wallMs / HOUR_MS));
        },
      ),
      runs,
    );
  });

  test('each occurrence is later by the offset, except next to a change of the clock', () => {
    fc.assert(
      fc.property(
        anySchedule,
        anyZone,
        anyWindow,
        anyJob,
        anyInstant,
        (schedule, zone, window, job, fromMs) => {
          const { before, after, offsetMs } = spreadOf(schedule, zone, window, job);
          const atMs = nextTimeAfter(before, fromMs);
          fc.pre(atMs !== undefined);
          // The clock does not change in the hour of the occurrence, and it is not set back over it.
          const { startMs, endMs } = spanAt(zone, atMs);
          fc.pre(atMs - startMs > 26 * HOUR_MS && endMs - atMs > 26 * HOUR_MS);
          expect(isTime(after, atMs + offsetMs)).toBe(true);
          // No other occurrence comes before the next one, also where the offset is longer than the time between the two.
          const nextMs = nextTimeAfter(before, atMs);
          fc.pre(nextMs !== undefined && nextMs < endMs - HOUR_MS);
          expect(nextTimeAfter(after, atMs + offsetMs)).toBe(nextMs + offsetMs);
        },
      ),
      runs,
    );
  });

  test('an occurrence that a gap moves to its end is moved to the same instant, or comes within the window after it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          '0 2 * * *',
          '15 2 * * *',
          '0,20 1-2 * * *',
          '0 0-3 * * *',
          '@hourly',
          '*/20 */2 * * *',
        ),
        fc.constantFrom(
          ['Europe/Berlin', '2027-03-28T01:00:00Z'],
          ['Australia/Lord_Howe', '2027-10-02T15:30:00Z'],
          ['America/New_York', '2027-03-14T07:00:00Z'],
        ),
        anyWindow,
        anyJob,
        (schedule, [zone = '', change = ''], window, job) => {
          const { before, after, offsetMs } = spreadOf(schedule, zone, window, job);
          const changeMs = Date.parse(change);
          for (
            let atMs = nextTimeAfter(before, changeMs - 3 * HOUR_MS);
            atMs !== undefined && atMs < changeMs + 3 * HOUR_MS;
          ) {
            if (atMs !== changeMs) expect(isTime(after, atMs + offsetMs)).toBe(true);
            else expect(nextTimeAfter(after, atMs - 1)).toBeLessThanOrEqual(atMs + offsetMs);
            atMs = nextTimeAfter(before, atMs);
          }
        },
      ),
      runs,
    );
  });

  test('a schedule that was spread is left as it is, regardless of the window', () => {
    fc.assert(
      fc.property(
        anySchedule,
        anyZone,
        anyWindow,
        anyWindow,
        anyJob,
        (schedule, zone, window, other, job) => {
          const { text } = spreadOf(schedule, zone, window, job);
          const again = { schedule: text, timeZone: zone, withinSeconds: other, jobId: job, nowMs: 0 };
          expect(spreadSchedule(again)).toEqual({ fault: 'already has a second other than 0' });
        },
      ),
      runs,
    );
  });

  test('a schedule that can be spread for one job can be spread for every other', () => {
    fc.assert(
      fc.property(
        anySchedule,
        anyZone,
        anyWindow,
        anyJob,
        anyJob,
        (schedule, timeZone, window, one, other) => {
          const results = [one, other].map((jobId) =>
            spreadSchedule({ schedule, timeZone, withinSeconds: window, jobId, nowMs: 0 }),
          );
          const faults = results.map((result) => ('fault' in result ? result.fault : undefined));
          // Two digits of a minute may be one too many.
          fc.pre(faults.every((fault) => fault === undefined || !fault.includes('characters')));
          expect(faults[0]).toBe(faults[1]);
        },
      ),
      runs,
    );
  });
});
