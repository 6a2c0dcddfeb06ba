import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSchedule } from '../../../../../lib/domain/schedule/parse-schedule.ts';
import type { CronSchedule, Schedule } from '../../../../../lib/domain/schedule/schedule.ts';
import { describeSchedule } from '../../../../../lib/domain/schedule/words/describe-schedule.ts';
import { matchingDays } from '../../../../../lib/domain/schedule/matching-days.ts';
import { described } from './described.ts';

const ZONE = 'Europe/Berlin';
const wordsOf = (expression: string, timeZone = ZONE): string =>
  describeSchedule(parseSchedule(expression, timeZone), timeZone);

test.each(described)('%s is described as: %s', (expression, words) => {
  expect(wordsOf(expression).replace(', Europe/Berlin time', '')).toBe(words);
});

test('the words of a cron name its time zone', () => {
  expect(wordsOf('0 9 * * *', 'America/New_York')).toBe('at 09:00 every day, America/New_York time');
  expect(wordsOf('0 9 * * *', 'UTC')).toBe('at 09:00 every day, UTC');
});

const numbers = (min: number, max: number): fc.Arbitrary<string> => {
  const value = fc.integer({ min, max });
  const item = fc.oneof(
    { weight: 3, arbitrary: value.map(String) },
    fc.tuple(value, value).map(([from, to]) => `${from}-${to}`),
    fc.integer({ min: 1, max: max - min }).map((step) => `*/${step}`),
    fc.tuple(value, fc.integer({ min: 1, max: 7 })).map(([from, step]) => `${from}/${step}`),
  );
  const list = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
  return fc.oneof({ weight: 2, arbitrary: fc.constantFrom('*', String(min)) }, list);
};

const daysOfMonth = fc.oneof(
  { weight: 3, arbitrary: numbers(1, 31) },
  fc.constantFrom('L', 'LW', 'L-3', '15W', '1W,L', '1,15,L-1'),
);
const daysOfWeek = fc.oneof(
  { weight: 3, arbitrary: numbers(0, 7) },
  fc.constantFrom('MON#1', 'FRIL', 'MON#1,WED#3', 'MON,FRIL', 'SUN#5,SUNL'),
);
const crons = fc
  .tuple(numbers(0, 59), numbers(0, 59), numbers(0, 23), daysOfMonth, numbers(1, 12), daysOfWeek)
  .map((fields) => fields.join(' '));

/** What a cron is due at, apart from changes of the clock: two crons with the same times have the same. */
function meaningOf(cron: CronSchedule): string {
  // Every first weekday and length of a month.
  const days = [0, 1, 2, 3, 4, 5, 6].flatMap((weekday) =>
    [28, 29, 30, 31].map((length) => matchingDays(cron, weekday, length)),
  );
  return JSON.stringify([cron.seconds, cron.minutes, cron.hours, cron.months, days]);
}

const isCron = (schedule: Schedule): schedule is CronSchedule => schedule.kind === 'cron';

test('two crons with the same words have the same times', () => {
  const meanings = new Map<string, { expression: string; meaning: string }>();
  fc.assert(
    fc.property(crons, (expression) => {
      const schedule = parseSchedule(expression, 'UTC');
      if (!isCron(schedule)) return;
      const words = describeSchedule(schedule, 'UTC');
      const meaning = meaningOf(schedule);
      const known = meanings.get(words);
      meanings.set(words, { expression, meaning });
      expect([words, known?.meaning ?? meaning]).toEqual([words, meaning]);
    }),
    { numRuns: 20_000 },
  );
});

test('the words of any cron are one plain line without holes', () => {
  fc.assert(
    fc.property(crons, (expression) => {
      expect(wordsOf(expression)).toMatch(/^(?:at|every) [A-Za-z0-9:, ]+, Europe\/Berlin time$/);
      expect(wordsOf(expression)).not.toMatch(/ {2}|undefined|NaN| and and | of of |, ,/);
    }),
    { numRuns: 2_000 },
  );
});
