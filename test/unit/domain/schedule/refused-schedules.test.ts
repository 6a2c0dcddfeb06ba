import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidScheduleError } from '../../../../lib/domain/errors.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';

function refusal(expression: string, timeZone: string): InvalidScheduleError {
  try {
    parseSchedule(expression, timeZone);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return error;
    throw error;
  }
  throw new Error(`"${expression}" was accepted`);
}

/** Returns why a schedule is refused. Undefined if it is accepted. */
function findRefusal(expression: string): string | undefined {
  try {
    parseSchedule(expression, 'UTC');
    return undefined;
  } catch (error) {
    return error instanceof InvalidScheduleError ? error.errors[0]?.message : String(error);
  }
}

describe('a schedule that is refused', () => {
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
    ['P400D', 'is an ISO 8601 duration; use @every with a duration from 1s to 366d'],
    ['every 400 days', 'is a phrase; use @every with a duration from 1s to 366d'],
    ['every 0 minutes', 'is a phrase; use @every with a duration from 1s to 366d'],
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
    ['at(2031-05-01T12:00:00Z)', 'write it without an offset, in the form at(YYYY-MM-DDThh:mm:ss)'],
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

    ['2030-01-01T09:00.5Z', 'write the seconds too, as in 09:00:00.5'],
    ['2030-01-01T09:00.5', 'write the seconds too'],
    ['0001-01-01T09:00:00', 'the years 1970 to 9999'],
    ['2026-12-01', 'is not an instant; write it in the form YYYY-MM-DDThh:mm:ssZ'],
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
  ])('the schedule %j is refused: %s', (expression, message) => {
    const error = refusal(expression, 'UTC');
    expect(error.errors).toEqual([{ field: 'schedule', message: expect.stringContaining(message) }]);
  });

  test('a schedule that a refusal advises is accepted', () => {
    const count = fc.nat({ max: 1_000_000 });
    const unit = fc.constantFrom('second', 'minute', 'hour', 'day');
    const part = (letter: string) => fc.option(count.map((n) => `${n}${letter}`)).map((text) => text ?? '');
    const refused = fc.oneof(
      fc.tuple(count, unit).map(([n, name]) => `every ${n} ${name}s`),
      fc.tuple(count, unit).map(([n, name]) => `rate(${n} ${name})`),
      fc
        .tuple(part('D'), part('H'), part('M'))
        .map(([days, hours, minutes]) => `P${days}T${hours}${minutes}`),
    );
    fc.assert(
      fc.property(refused, (expression) => {
        const error = findRefusal(expression);
        const advised = /; write (@every \S+|rate\([^)]*\)|[\d*/ ]+)$/.exec(error ?? '')?.[1];
        if (advised !== undefined) expect(findRefusal(advised)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['', 'such as "Europe/Berlin" or "UTC"'],
    ['+02:00', 'such as "Europe/Berlin" or "UTC"'],
    ['IST', 'such as "Europe/Berlin" or "UTC"'],
    ['Berlin', 'did you mean "Europe/Berlin"?'],
    ['Europe/Berlin ', 'did you mean "Europe/Berlin"?'],
  ])('the time zone %j is refused with a remedy', (timeZone, remedy) => {
    for (const expression of ['0 9 * * *', '@every 90s', '2026-12-01T09:00:00Z']) {
      expect(refusal(expression, timeZone).errors).toEqual([
        { field: 'timeZone', message: expect.stringContaining(remedy) },
      ]);
    }
  });
});
