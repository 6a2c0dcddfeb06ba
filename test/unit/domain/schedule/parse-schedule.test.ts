import { describe, expect, test } from 'vitest';

import { InvalidScheduleError } from '../../../../lib/domain/errors.ts';
import {
  compileSchedule,
  isOneTimeSchedule,
  parseSchedule,
} from '../../../../lib/domain/schedule/parse-schedule.ts';
import { findQuartzWeekday } from '../../../../lib/domain/schedule/schedule-hints.ts';

describe('a cron', () => {
  test('a cron expression is compiled to the values of its fields', () => {
    expect(parseSchedule('5,35 8-10 1,15 JAN,6-7 *', 'Europe/Berlin')).toEqual({
      kind: 'cron',
      timeZone: 'Europe/Berlin',
      seconds: [0],
      minutes: [5, 35],
      hours: [8, 9, 10],
      months: 0b110_0001,
      years: undefined,
      daysOfMonth: 1 | (1 << 14),
      daysFromEnd: 0,
      workdays: 0,
      lastWorkday: false,
      weekdays: 0b111_1111,
      nthWeekdays: [0, 0, 0, 0, 0],
      lastWeekdays: 0,
      dayRule: 'both',
      followsClock: false,
    });
    expect(parseSchedule('*/15 0 * L,3 * MON,0L,FRIL', 'UTC')).toMatchObject({
      seconds: [0, 15, 30, 45],
      daysOfMonth: 1 << 2,
      daysFromEnd: 1,
      weekdays: 0b10,
      lastWeekdays: 0b10_0001,
      dayRule: 'either',
      followsClock: true,
    });
    expect(parseSchedule('0 0 * * sun#3', 'UTC')).toMatchObject({
      weekdays: 0,
      nthWeekdays: [0, 0, 1, 0, 0],
    });
    expect(parseSchedule('0 0 L-3,LW,15W * MON#1,FRI#1,TUE', 'UTC')).toMatchObject({
      daysOfMonth: 0,
      daysFromEnd: 0b1000,
      workdays: 1 << 14,
      lastWorkday: true,
      weekdays: 0b100,
      nthWeekdays: [0b10_0010, 0, 0, 0, 0],
    });
  });

  test.each([
    ['0 9 * * MON-FRI', '  0   9 * * mon-Fri '],
    ['0 9 * * MON-FRI', '0 9 ? * 1-5'],
    ['0 9 * * MON-FRI', '0 0 9 * * 01-05'],
    ['0 9 * * *', '0 9 ? * ?'],
    ['0 0 * * 0', '0 0 * * 7'],
    ['0 0 * * 0,6', '0 0 * * 6-7'],
    ['0 * * * *', '*/60 * * * *'],
    ['0 9 * * MON-FRI', '0\t9  *\t* MON-FRI\t'],
    ['0 9 * * FRI,SAT,SUN', '0 9 * * FRI-SUN'],
    ['0 9 * * 0,1,6', '0 9 * * SAT-1'],
    ['0 9 * * 0,1,2', '0 9 * * 7-2'],
    ['0 22,23,0,1,2,3,4,5,6 * * *', '0 22-6 * * *'],
    ['0 22,0,2 * * *', '0 22-3/2 * * *'],
    ['50,55,0,5 * * * *', '50-5/5 * * * *'],
    ['0 0 1 JAN,NOV,DEC *', '0 0 1 NOV-JAN *'],
    ['0 0 30,31,1,2 * *', '0 0 30-2 * *'],
    ['5 * * * *', '5,5,05 * * * *'],
    ['0-40 * * * *', '0-30,30-40 * * * *'],
    ['0 0 * * 0', '0 0 * * 0,7,SUN'],
    ['0 0 * * MON#1', '0 0 * * MON#1,1#1'],
    ['0 0 * * MON', '0 0 ? * MON'],
    ['0 0 13 * *', '0 0 13 * ?'],
    ['0 0 1 1 *', '@yearly'],
    ['0 0 1 1 *', '@annually'],
    ['0 0 1 * *', '@monthly'],
    ['0 0 * * 0', '@weekly'],
    ['0 0 * * *', '@daily'],
    ['0 0 * * *', '@Midnight'],
    ['0 * * * *', '@HOURLY'],
    ['* * * * *', '@minutely'],
    ['* * * * * *', '@secondly'],
  ])('the cron expression %s is the same as %s', (one, other) => {
    expect(parseSchedule(other, 'UTC')).toEqual(parseSchedule(one, 'UTC'));
  });

  test.each([
    ['* * * * *', true],
    ['*/5 2 * * *', true],
    ['30 */2 * * *', true],
    ['*/7,3 2 * * *', true],
    ['30 2 * * *', false],
    ['0-59 0-23 * * *', false],
    ['5,*/10 2 * * *', false],
    ['0/5 2 * * *', false],
    ['* 30 2 * * *', false],
  ])(
    'whether %s follows the clock, by the first character of minute and hour: %s',
    (expression, followsClock) => {
      expect(parseSchedule(expression, 'UTC')).toMatchObject({ followsClock });
    },
  );
});

describe("AWS's forms", () => {
  test.each([
    ['cron(0 12 * * ? *)', '0 12 * * ?'],
    ['CRON( 0 12 * * ? * )', '0 12 * * ?'],
    ['cron(15 10 ? * MON-FRI *)', '15 10 ? * MON-FRI'],
    ['cron(0 18 ? * 2-6 *)', '0 18 ? * MON-FRI'],
    ['cron(0 18 ? * 1,7 *)', '0 18 ? * SAT,SUN'],
    ['cron(0 18 ? * 7-2 *)', '0 18 ? * SAT-MON'],
    ['cron(0 18 ? * L *)', '0 18 ? * SAT'],
    ['cron(0 18 ? * 6L *)', '0 18 ? * FRIL'],
    ['cron(0 18 ? * 3#2 *)', '0 18 ? * TUE#2'],
    ['cron(0 8 L * ? *)', '0 8 L * ?'],
    ['cron(0 8 LW * ? *)', '0 8 LW * ?'],
    ['cron(0 8 3W * ? *)', '0 8 3W * ?'],
    ['cron(0/10 * ? * 2-6 *)', '0/10 * ? * MON-FRI'],
    ['rate(5 minutes)', '@every 5m'],
    ['rate(1 minute)', '@every 1m'],
    ['Rate( 12  Hours )', '@every 12h'],
    ['rate(1 day)', '@every 1d'],
    ['rate(366 days)', '@every 366d'],
  ])('the AWS expression %s is the same as %s', (aws, ours) => {
    expect(parseSchedule(aws, 'Europe/Berlin')).toEqual(parseSchedule(ours, 'Europe/Berlin'));
  });

  test('a year field lists years', () => {
    expect(parseSchedule('cron(0 12 1 1 ? 2030,2028-2029,2040/80)', 'UTC')).toMatchObject({
      years: [2028, 2029, 2030, 2040, 2120],
    });
  });

  test.each([
    ['at(2031-05-01T12:00:00)', 'UTC', '2031-05-01T12:00Z'],
    ['at(2031-05-01T12:00:00)', 'Europe/Berlin', '2031-05-01T12:00+02:00'],
    ['at(2031-03-30T02:30:00)', 'Europe/Berlin', '2031-03-30T03:00+02:00'],
    ['at(2031-10-26T02:30:00)', 'Europe/Berlin', '2031-10-26T02:30+02:00'],
  ])('the AWS expression %s in %s is %s', (expression, timeZone, expected) => {
    expect(parseSchedule(expression, timeZone)).toEqual({ kind: 'once', atMs: Date.parse(expected) });
    expect(isOneTimeSchedule(expression)).toBe(true);
  });
});

describe('a new schedule that may be meant as Quartz writes it', () => {
  test.each(['0 0 12 ? * 2-6', '0 0 12 ? * 2', '0 0 12 ? * MON,6', '0 0 12 ? * 6L', '0 0 12 ? * 6#3'])(
    'a new schedule %s that may be written for Quartz is refused with an explanation of day numbers',
    (expression) => {
      expect(findQuartzWeekday(expression)).toContain('in Belfry, 0 and 7 are Sunday, and 6 is Saturday');
      // A stored schedule keeps its meaning.
      expect(parseSchedule(expression, 'UTC')).toMatchObject({ kind: 'cron' });
    },
  );

  test.each([
    '0 0 12 ? * MON-FRI',
    '0 0 12 ? * *',
    '0 0 12 * * 2-6',
    '0 12 ? * 2-6',
    '0 0 12 ? * MON#2',
    '0 0 12 1 * ?',
  ])('the schedule %s has only one meaning', (expression) =>
    expect(findQuartzWeekday(expression)).toBeUndefined(),
  );
});

describe('@every', () => {
  test.each([
    ['@every 90s', 90],
    ['@every 1h30m', 5_400],
    ['@every 2d', 172_800],
    ['@EVERY  1D2H3M4S', 93_784],
    ['@every 1s', 1],
    ['@every 366d', 31_622_400],
  ])('the interval %s is %d seconds', (expression, seconds) => {
    expect(parseSchedule(expression, 'UTC')).toEqual({ kind: 'interval', everyMs: seconds * 1_000 });
  });
});

describe('an instant', () => {
  test.each([
    ['2026-12-01T09:00:00Z', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00:00+02:00', '2026-12-01T07:00:00.000Z'],
    ['2026-12-01T09:00:00.5-05:30', '2026-12-01T14:30:00.500Z'],
    ['2026-12-01T09:00:00.123999Z', '2026-12-01T09:00:00.123Z'],
    [' 2028-02-29t23:59z ', '2028-02-29T23:59:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('the instant %s is %s', (expression, expected) => {
    expect(parseSchedule(expression, 'Asia/Tokyo')).toEqual({ kind: 'once', atMs: Date.parse(expected) });
  });
});

describe("a time without an offset is the wall clock's", () => {
  test.each([
    ['2031-05-01T12:00:00', 'Europe/Berlin', '2031-05-01T10:00:00.000Z'],
    ['2031-05-01T12:00', 'UTC', '2031-05-01T12:00:00.000Z'],
    ['2031-05-01T12:00:00.25', 'Asia/Kolkata', '2031-05-01T06:30:00.250Z'],
    // The clock goes from 02:00 to 03:00, so 02:30 does not exist: the first instant after the gap.
    ['2031-03-30T02:30:00', 'Europe/Berlin', '2031-03-30T01:00:00.000Z'],
    // The clock goes from 03:00 back to 02:00, so 02:30 occurs twice: the first one.
    ['2031-10-26T02:30:00', 'Europe/Berlin', '2031-10-26T00:30:00.000Z'],
  ])('the wall time %s in %s is %s', (expression, timeZone, expected) => {
    expect(parseSchedule(expression, timeZone)).toEqual({ kind: 'once', atMs: Date.parse(expected) });
  });
});

describe('compileSchedule', () => {
  test('compileSchedule parses an expression and a zone once', () => {
    const first = compileSchedule('0 9 * * *', 'Europe/Berlin');
    expect(first).toEqual(parseSchedule('0 9 * * *', 'Europe/Berlin'));
    expect(compileSchedule('0 9 * * *', 'Europe/Berlin')).toBe(first);
    expect(compileSchedule('0 9 * * *', 'Europe/Paris')).toMatchObject({ timeZone: 'Europe/Paris' });
  });

  test('compileSchedule refuses the same schedules as parseSchedule, each time', () => {
    expect(() => compileSchedule('0 9 * *', 'UTC')).toThrow(InvalidScheduleError);
    expect(() => compileSchedule('0 9 * *', 'UTC')).toThrow(InvalidScheduleError);
  });
});
