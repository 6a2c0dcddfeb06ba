import { describe, expect, test } from 'vitest';

import { InvalidScheduleError } from '../../../lib/domain/errors.ts';
import { compileSchedule, parseSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';

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
      daysOfMonth: 1 | (1 << 14),
      lastDayOfMonth: false,
      weekdays: 0b111_1111,
      lastWeekdays: 0,
      nthWeekday: 0,
      dayRule: 'both',
      followsClock: false,
    });
    expect(parseSchedule('*/15 0 * L,3 * MON,0L,FRIL', 'UTC')).toMatchObject({
      seconds: [0, 15, 30, 45],
      daysOfMonth: 1 << 2,
      lastDayOfMonth: true,
      weekdays: 0b10,
      lastWeekdays: 0b10_0001,
      dayRule: 'either',
      followsClock: true,
    });
    expect(parseSchedule('0 0 * * sun#3', 'UTC')).toMatchObject({ weekdays: 1, nthWeekday: 3 });
  });

  test.each([
    ['0 9 * * MON-FRI', '  0   9 * * mon-Fri '],
    ['0 9 * * MON-FRI', '0 9 ? * 1-5'],
    ['0 9 * * MON-FRI', '0 0 9 * * 01-05'],
    ['0 9 * * *', '0 9 ? * ?'],
    ['0 0 * * 0', '0 0 * * 7'],
    ['0 0 * * 0,6', '0 0 * * 6-7'],
    ['0 * * * *', '*/60 * * * *'],
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

describe('refused, with what would be right', () => {
  test.each([
    ['', 'is empty; write a cron such as "0 9 * * MON-FRI"'],
    ['   ', 'is empty'],
    ['0 9 * *', 'five fields, or six with seconds first'],
    ['0 0 9 * * MON 2026', 'five fields, or six with seconds first'],
    ['every day at nine sharp', 'the minute has "EVERY"'],
    ['tomorrow', 'five fields'],
    ['rate(5 minutes)', 'five fields'],
    ['cron(0 12 * * ? *)', 'the second has "CRON(0"'],
    ['0 9 * * MON-FRI\n', 'printable ASCII'],
    ['0\t9 * * *', 'printable ASCII'],
    ['0 9 * * *\u0000', 'printable ASCII'],
    ['0 9\u00a0* * *', 'printable ASCII'],
    ['٠ 9 * * *', 'printable ASCII'],
    [`${'0,'.repeat(100)}0 9 * * *`, 'more than 200 characters'],

    ['60 * * * *', 'the minute has "60"; its values are 0 to 59'],
    ['60 0 9 * * *', 'the second has "60"'],
    ['0 24 * * *', 'the hour has "24"; its values are 0 to 23'],
    ['0 0 0 * *', 'the day of month has "0"; its values are 1 to 31'],
    ['0 0 32 * *', 'the day of month has "32"'],
    ['0 0 1 13 *', 'the month has "13"; its values are 1 to 12, or JAN to DEC'],
    ['0 0 * 0 *', 'the month has "0"'],
    ['0 0 * * 8', 'the day of week has "8"; its values are 0 to 7, or SUN to SAT'],
    ['0 0 * * MONDAY', 'the day of week has "MONDAY"'],
    ['0 0 * JUNE *', 'the month has "JUNE"'],
    ['MON 0 * * *', 'the minute has "MON"'],
    ['-1 * * * *', 'the minute has "-1"'],
    ['1.5 * * * *', 'the minute has "1.5"'],
    ['1e1 * * * *', 'the minute has "1E1"'],
    ['0x1 * * * *', 'the minute has "0X1"'],
    ['+5 * * * *', 'the minute has "+5"'],
    ['000 * * * *', 'the minute has "000"'],

    ['0 17-9 * * *', 'the hour has "17-9", which runs backwards'],
    ['0 0 * * FRI-MON', 'the day of week has "FRI-MON", which runs backwards'],
    ['0 0 * DEC-JAN *', 'runs backwards'],
    ['1-2-3 * * * *', 'the minute has "1-2-3"; write *, a value, a range or a step'],
    ['5- * * * *', 'the minute has "5-"'],
    ['*-5 * * * *', 'the minute has "*-5"'],
    ['*5 * * * *', 'the minute has "*5"'],
    ['5-70 * * * *', 'the minute has "70"'],

    ['*/0 * * * *', 'the minute has "*/0"; a step is 1 to 60'],
    ['*/90 * * * *', 'a step is 1 to 60, and @every takes longer ones'],
    ['0 */25 * * *', 'a step is 1 to 24'],
    ['*/ * * * *', 'the minute has "*/"'],
    ['/5 * * * *', 'the minute has "/5"'],
    ['*/5/5 * * * *', 'the minute has "*/5/5"'],
    ['*/-5 * * * *', 'the minute has "*/-5"'],

    ['1,,2 * * * *', 'the minute has ""'],
    [', * * * *', 'the minute has ""'],
    ['1, * * * *', 'the minute has ""'],
    ['5,5 * * * *', 'names a value twice'],
    ['0-30,30-40 * * * *', 'names a value twice'],
    ['*/2,*/3 * * * *', 'names a value twice'],
    ['0 0 * * 0,7', 'names a value twice'],
    ['0 0 * * MON,1', 'names a value twice'],

    ['H * * * *', 'the minute has "H"'],
    ['H(0-29)/10 * * * *', 'the minute has "H(0-29)/10"'],
    ['0 0 15W * *', 'the day of month has "15W"'],
    ['0 0 LW * *', 'the day of month has "LW"'],
    ['0 0 L-3 * *', 'the day of month has "L"'],
    ['0 0 * L *', 'the month has "L"'],
    ['L * * * *', 'the minute has "L"'],
    ['0 0 * * L', 'the day of week has "L"'],
    ['0 0 * * 1-5L', 'the day of week has "5L"'],
    ['0 0 * * MON#0', 'the day of week has "MON#0"'],
    ['0 0 * * MON#6', 'the day of week has "MON#6"'],
    ['0 0 * * MON#1,TUE#1', 'the day of week has "MON#1"'],
    ['0 0 1#1 * *', 'the day of month has "1#1"'],
    ['? 0 * * *', 'the minute has "?"'],
    ['0 ? * * *', 'the hour has "?"'],
    ['0 0 * ? *', 'the month has "?"'],
    ['0 0 ?/2 * *', 'the day of month has "?/2"'],
    ['0 0 1,? * *', 'the day of month has "?"'],

    ['@reboot', '"@reboot" is unknown; there are @yearly, @annually,'],
    ['@', 'is unknown'],
    ['@every', '"@every" is unknown; there are @yearly, @annually,'],
    ['@__proto__', 'is unknown'],
    ['@every day', '@every "day" is no duration; write whole days'],
    ['@every 5', 'is no duration'],
    ['@every 1.5h', 'is no duration'],
    ['@every 500ms', 'is no duration'],
    ['@every -5s', 'is no duration'],
    ['@every 5s 5s', 'is no duration'],
    ['@every 30m1h', 'is no duration'],
    ['@every 0s', '1s to 366d is possible'],
    ['@every 367d', '1s to 366d is possible'],
    ['@every 366d1s', '1s to 366d is possible'],

    ['2026-12-01T09:00:00', 'add Z for UTC or an offset such as +02:00'],
    ['2026-12-01T09:00', 'add Z for UTC or an offset'],
    ['2026-12-01', 'is no instant; write it as in 2026-12-01T09:00:00Z'],
    ['2026-12-01 09:00:00Z', 'is no instant'],
    ['2026-12-01T09:00:00+0200', 'is no instant'],
    ['2026-12-01T09:00:00+24:00', 'is no instant'],
    ['2026-12-01T09:00:00+02:60', 'is no instant'],
    ['2026-12-01T09:00:00 Europe/Berlin', 'is no instant'],
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

  test.each(['', '+02:00', 'Berlin', 'Europe/Berlin ', 'IST'])('the time zone %j', (timeZone) => {
    for (const expression of ['0 9 * * *', '@every 90s', '2026-12-01T09:00:00Z']) {
      expect(refusal(expression, timeZone).errors).toEqual([
        { field: 'timeZone', message: expect.stringContaining('such as "Europe/Berlin" or "UTC"') },
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
