import { describe, expect, test } from 'vitest';

import { InvalidScheduleError } from '../../../../lib/domain/errors.ts';
import {
  compileSchedule,
  isOneTimeSchedule,
  parseSchedule,
} from '../../../../lib/domain/schedule/parse-schedule.ts';
import { findQuartzWeekday } from '../../../../lib/domain/schedule/schedule-hints.ts';

function refusal(expression: string, timeZone: string): InvalidScheduleError {
  try {
    parseSchedule(expression, timeZone);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return error;
    throw error;
  }
  throw new Error(`"${expression}" was accepted`);
}

describe('a cron', () => {
  test('is compiled to the values of its fields', () => {
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
  ])('%s is the same as %s', (one, other) => {
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
  ])('%s follows the clock: %s, by the first character of minute and hour', (expression, followsClock) => {
    expect(parseSchedule(expression, 'UTC')).toMatchObject({ followsClock });
  });
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
  ])('%s is the same as %s', (aws, ours) => {
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
  ])('%s in %s is %s', (expression, timeZone, expected) => {
    expect(parseSchedule(expression, timeZone)).toEqual({ kind: 'once', atMs: Date.parse(expected) });
    expect(isOneTimeSchedule(expression)).toBe(true);
  });
});

describe('a new schedule that may be meant as Quartz writes it', () => {
  test.each(['0 0 12 ? * 2-6', '0 0 12 ? * 2', '0 0 12 ? * MON,6', '0 0 12 ? * 6L', '0 0 12 ? * 6#3'])(
    '%s is told how days are numbered here',
    (expression) => {
      expect(findQuartzWeekday(expression)).toContain('in Belfry, 0 and 7 are Sunday, and 6 is Saturday');
      // A stored one keeps its meaning.
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
  ])('%s can only be meant in one way', (expression) =>
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
  ])('%s is %d seconds', (expression, seconds) => {
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
  ])('%s is %s', (expression, expected) => {
    expect(parseSchedule(expression, 'Asia/Tokyo')).toEqual({ kind: 'once', atMs: Date.parse(expected) });
  });
});

describe("a time without an offset is the wall clock's", () => {
  test.each([
    ['2031-05-01T12:00:00', 'Europe/Berlin', '2031-05-01T10:00:00.000Z'],
    ['2031-05-01T12:00', 'UTC', '2031-05-01T12:00:00.000Z'],
    ['2031-05-01T12:00:00.25', 'Asia/Kolkata', '2031-05-01T06:30:00.250Z'],
    // The clock goes from 02:00 to 03:00, and there is no 02:30: right after the gap.
    ['2031-03-30T02:30:00', 'Europe/Berlin', '2031-03-30T01:00:00.000Z'],
    // The clock goes from 03:00 back to 02:00, and 02:30 comes twice: the first.
    ['2031-10-26T02:30:00', 'Europe/Berlin', '2031-10-26T00:30:00.000Z'],
  ])('%s in %s is %s', (expression, timeZone, expected) => {
    expect(parseSchedule(expression, timeZone)).toEqual({ kind: 'once', atMs: Date.parse(expected) });
  });
});

describe('refused, with what would be right', () => {
  test.each([
    ['', 'is empty; write a cron such as "0 9 * * MON-FRI"'],
    ['   ', 'is empty'],
    ['0 9 * *', '"0 9 * *" is not a schedule; a cron has five fields, or six with seconds first'],
    ['0 0 9 * * MON 2026', 'has seven fields; leave out the year, or write AWS'],
    ['0 0 9 * * MON 2026 x', 'five fields, or six with seconds first'],
    ['tomorrow', 'five fields'],
    ['0 9 * * MON-FRI\n', 'printable ASCII'],
    ['0 9 * * *\u0000', 'printable ASCII'],
    ['0 9\u00a0* * *', 'printable ASCII'],
    ['٠ 9 * * *', 'printable ASCII'],
    [`${'0,'.repeat(100)}0 9 * * *`, 'more than 200 characters'],

    ['61 * * * *', '"61 * * * *" has minute 61; minutes go from 0 to 59'],
    ['60 0 9 * * *', 'has second 60; seconds go from 0 to 59'],
    ['0 24 * * *', 'has hour 24; hours go from 0 to 23'],
    ['0 0 0 * *', 'has day of month 0; days of the month go from 1 to 31'],
    ['0 0 32 * *', 'has day of month 32'],
    ['0 0 1 13 *', 'has month 13; months go from 1 to 12, or JAN to DEC'],
    ['0 0 * 0 *', 'has month 0'],
    [
      '0 0 * * 8',
      'has day of week 8; days of the week go from 0 to 7, where 0 and 7 are Sunday, or SUN to SAT',
    ],
    ['0 0 * * MONDAY', 'has day of week "MONDAY"'],
    ['0 0 * JUNE *', 'has month "JUNE"'],
    ['MON 0 * * *', 'has minute "MON"; minutes go from 0 to 59'],
    ['-1 * * * *', 'has minute "-1"'],
    ['1.5 * * * *', 'has minute "1.5"'],
    ['1e1 * * * *', 'has minute "1E1"'],
    ['0x1 * * * *', 'has minute "0X1"'],
    ['+5 * * * *', 'has minute "+5"'],
    ['000 * * * *', 'has minute 000'],

    ['1-2-3 * * * *', 'has minute "1-2-3"; write *, a value, a range or a step, as in 1, 1-58 or */2'],
    ['5- * * * *', 'has minute "5-"'],
    ['*-5 * * * *', 'has minute "*-5"'],
    ['*5 * * * *', 'has minute "*5"'],
    ['5-70 * * * *', 'has minute 70'],

    ['*/0 * * * *', 'has minute "*/0"; a step goes from 1 to 60'],
    ['*/90 * * * *', 'a step goes from 1 to 60; for a longer one use @every'],
    ['0 */25 * * *', 'a step goes from 1 to 24'],
    ['*/ * * * *', 'has minute "*/"'],
    ['/5 * * * *', 'has minute "/5"'],
    ['*/5/5 * * * *', 'has minute "*/5/5"'],
    ['*/-5 * * * *', 'has minute "*/-5"'],

    ['1,,2 * * * *', 'has minute ""'],
    [', * * * *', 'has minute ""'],
    ['1, * * * *', 'has minute ""'],

    ['H * * * *', 'has minute "H"; H means any value in Jenkins; choose a value: minutes go from 0 to 59'],
    ['H(0-29)/10 * * * *', 'has minute "H(0-29)/10"; H means any value'],
    ['0 H/4 * * *', 'has hour "H/4"; H means any value'],
    ['0 0 32W * *', 'has day of month 32'],
    ['0 0 0W * *', 'has day of month 0'],
    ['0 0 W * *', 'has day of month "W"'],
    ['0 0 L-31 * *', 'has day of month "L-31"; use L-1 to L-30'],
    ['0 0 L-3W * *', 'has day of month "L"; days of the month go from 1 to 31'],
    ['0 0 1-5W * *', 'has day of month "5W"'],
    ['0 0 * L *', 'has month "L"'],
    ['L * * * *', 'has minute "L"'],
    ['0 0 * * L', 'has day of week "L"'],
    ['0 0 * * 1-5L', 'has day of week "5L"'],
    ['0 0 * * MON#0', 'has day of week "MON#0"'],
    ['0 0 * * MON#6', 'has day of week "MON#6"'],
    ['0 0 1#1 * *', 'has day of month "1#1"'],
    ['? 0 * * *', 'has minute "?"'],
    ['0 ? * * *', 'has hour "?"'],
    ['0 0 * ? *', 'has month "?"'],
    ['0 0 ?/2 * *', 'has day of month "?/2"'],
    ['0 0 1,? * *', 'has day of month "?"'],

    ['CRON_TZ=Europe/Berlin 0 9 * * *', 'contains a time zone; remove it, and set timeZone instead'],
    ['TZ=UTC 0 9 * * *', 'contains a time zone; remove it, and set timeZone instead'],
    ['every 5 minutes', '"every 5 minutes" is a phrase; write */5 * * * *'],
    ['Every minute', 'is a phrase; write * * * * *'],
    ['every 7 minutes', 'is a phrase; write @every 7m'],
    ['every 10 seconds', 'is a phrase; write */10 * * * * *'],
    ['every 2 hours', 'is a phrase; write 0 */2 * * *'],
    ['every day', 'is a phrase; write 0 0 * * *'],
    ['every 3 days', 'is a phrase; write @every 3d'],
    ['every day at nine sharp', 'is a phrase; write a cron, as in 0 9 * * MON-FRI, or @every 90s'],
    ['PT5M', '"PT5M" is an ISO 8601 duration; write @every 5m'],
    ['P1DT2H', 'is an ISO 8601 duration; write @every 1d2h'],
    ['PT1.5H', 'is an ISO 8601 duration; write it as in @every 1h30m'],
    ['P1M', 'is an ISO 8601 duration; write it as in @every 1h30m'],
    ['@reboot', '"@reboot" has no time, and Belfry does not run jobs at a start'],

    ['cron(0 12 * * ?)', 'which has six fields: minute, hour, day of month, month, day of week, year'],
    ['cron(0 0 12 * * ? *)', 'which has six fields'],
    ['cron(0 12 * * * *)', 'write ? for either day of month or day of week, and not for both'],
    ['cron(0 12 ? * ? *)', 'write ? for either day of month or day of week, and not for both'],
    [
      'cron(0 12 ? * 0 *)',
      'has day of week 0; days of the week go from 1 (Sunday) to 7 (Saturday) in cron(…)',
    ],
    ['cron(0 12 ? * 8 *)', 'has day of week 8'],
    ['cron(60 12 * * ? *)', '"cron(60 12 * * ? *)" has minute 60; minutes go from 0 to 59'],
    ['cron(0 12 * * ? 1969)', 'has year 1969; years go from 1970 to 2199'],
    ['cron(0 12 * * ? 2200)', 'has year 2200'],
    ['cron(0 12 * * ? 26)', 'has year 26'],
    ['cron(0 12 * * ? 2031-2030)', 'has year "2031-2030"; a range of years must be ascending'],
    ['cron(0 12 * * ? *', 'has second "CRON(0"'],
    ['rate(5 minute)', '"rate(5 minute)" is not a rate; write rate(5 minutes)'],
    ['rate(1 minutes)', 'write rate(1 minute)'],
    ['rate(5 seconds)', 'write minutes, hours or days, as in rate(5 minutes)'],
    ['rate(5)', 'write minutes, hours or days'],
    ['rate(1.5 hours)', 'write minutes, hours or days'],
    ['rate(0 minutes)', 'use 1 minute to 366 days'],
    ['rate(367 days)', 'use 1 minute to 366 days'],
    ['at(2031-05-01T12:00:00Z)', 'write it without an offset, as in at(2031-05-01T12:00:00)'],
    ['at(2031-05-01 12:00:00)', 'write it without an offset'],
    ['at(2031-05-01T12:00)', 'write it without an offset'],
    ['at(2031-02-29T12:00:00)', 'does not exist'],

    ['@', 'is unknown'],
    ['@every', '"@every" is unknown; use @yearly, @annually,'],
    ['@__proto__', 'is unknown'],
    ['@every day', '@every "day" is not a duration; write integers of days'],
    ['@every 5', 'is not a duration'],
    ['@every 1.5h', 'is not a duration'],
    ['@every 500ms', 'is not a duration'],
    ['@every -5s', 'is not a duration'],
    ['@every 5s 5s', 'is not a duration'],
    ['@every 30m1h', 'is not a duration'],
    ['@every 0s', 'use 1s to 366d'],
    ['@every 367d', 'use 1s to 366d'],
    ['@every 366d1s', 'use 1s to 366d'],

    ['2030-01-01T09:00.5Z', 'write the seconds too, as in 2026-12-01T09:00:00.5Z'],
    ['2030-01-01T09:00.5', 'write the seconds too'],
    ['0001-01-01T09:00:00', 'the years 1970 to 9999'],
    ['2026-12-01', 'is not an instant; write it as in 2026-12-01T09:00:00Z'],
    ['2026-12-01 09:00:00Z', 'is not an instant'],
    ['2026-12-01T09:00:00+0200', 'is not an instant'],
    ['2026-12-01T09:00:00+24:00', 'is not an instant'],
    ['2026-12-01T09:00:00+02:60', 'is not an instant'],
    ['2026-12-01T09:00:00 Europe/Berlin', 'is not an instant'],
    ['2026-02-29T09:00:00Z', 'does not exist'],
    ['2026-04-31T09:00:00Z', 'does not exist'],
    ['2026-13-01T09:00:00Z', 'does not exist'],
    ['2026-00-10T09:00:00Z', 'does not exist'],
    ['2026-12-01T24:00:00Z', 'does not exist'],
    ['2026-12-01T09:60:00Z', 'does not exist'],
    ['2026-12-01T23:59:60Z', 'does not exist'],
    ['1969-12-31T23:59:59Z', 'the years 1970 to 9999'],
    ['1970-01-01T00:00:00+01:00', 'the years 1970 to 9999'],
    ['9999-12-31T23:59:59-01:00', 'the years 1970 to 9999'],
  ])('%j: %s', (expression, message) => {
    const error = refusal(expression, 'UTC');
    expect(error.errors).toEqual([{ field: 'schedule', message: expect.stringContaining(message) }]);
  });

  test.each([
    ['', 'such as "Europe/Berlin" or "UTC"'],
    ['+02:00', 'such as "Europe/Berlin" or "UTC"'],
    ['IST', 'such as "Europe/Berlin" or "UTC"'],
    ['Berlin', 'did you mean "Europe/Berlin"?'],
    ['Europe/Berlin ', 'did you mean "Europe/Berlin"?'],
  ])('the time zone %j', (timeZone, remedy) => {
    for (const expression of ['0 9 * * *', '@every 90s', '2026-12-01T09:00:00Z']) {
      expect(refusal(expression, timeZone).errors).toEqual([
        { field: 'timeZone', message: expect.stringContaining(remedy) },
      ]);
    }
  });
});

describe('compileSchedule', () => {
  test('parses a pair once', () => {
    const first = compileSchedule('0 9 * * *', 'Europe/Berlin');
    expect(first).toEqual(parseSchedule('0 9 * * *', 'Europe/Berlin'));
    expect(compileSchedule('0 9 * * *', 'Europe/Berlin')).toBe(first);
    expect(compileSchedule('0 9 * * *', 'Europe/Paris')).toMatchObject({ timeZone: 'Europe/Paris' });
  });

  test('refuses what parseSchedule refuses, each time', () => {
    expect(() => compileSchedule('0 9 * *', 'UTC')).toThrow(InvalidScheduleError);
    expect(() => compileSchedule('0 9 * *', 'UTC')).toThrow(InvalidScheduleError);
  });
});
