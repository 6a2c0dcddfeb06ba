import { describe, expect, test } from 'vitest';
import { findClockNotes, nextTimes } from '../../../../lib/domain/schedule/clock-notes.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';

const NOW_MS = Date.parse('2026-11-29T00:00:00Z');
const YEAR_MS = 366 * 86_400_000;

const notesOf = (expression: string, timeZone: string, limit = 4) =>
  findClockNotes(parseSchedule(expression, timeZone), { afterMs: NOW_MS, beforeMs: NOW_MS + YEAR_MS, limit });

describe('the note on a change of the clock', () => {
  test.each([
    [
      'a fixed time in the gap and in the overlap',
      ['30 2 * * *', 'Europe/Berlin'],
      [
        [
          'MOVED',
          1,
          'On 2027-03-28, the clock jumps from 02:00 to 03:00. 02:30 does not exist, and runs at 03:00.',
        ],
        [
          'ONCE',
          1,
          'On 2027-10-31, the clock goes back from 03:00 to 02:00. 02:30 comes twice, and runs the first time only.',
        ],
      ],
    ],
    [
      'several fixed times in the gap',
      ['15,45 2 * * *', 'Europe/Berlin'],
      [
        [
          'MOVED',
          2,
          'On 2027-03-28, the clock jumps from 02:00 to 03:00. 02:15 and 1 more do not exist, and run once, at 03:00.',
        ],
        [
          'ONCE',
          2,
          'On 2027-10-31, the clock goes back from 03:00 to 02:00. 02:15 and 1 more come twice, and run the first time only.',
        ],
      ],
    ],
    [
      'a fixed time whose place in the gap another one takes',
      ['0 2,3 * * *', 'Europe/Berlin'],
      [
        [
          'MOVED',
          1,
          'On 2027-03-28, the clock jumps from 02:00 to 03:00. 02:00 does not exist; the run at 03:00 takes its place.',
        ],
        [
          'ONCE',
          1,
          'On 2027-10-31, the clock goes back from 03:00 to 02:00. 02:00 comes twice, and runs the first time only.',
        ],
      ],
    ],
    [
      'times that follow the clock',
      ['*/15 2 * * *', 'Europe/Berlin'],
      [
        [
          'SKIPPED',
          4,
          'On 2027-03-28, the clock jumps from 02:00 to 03:00. 02:00 and 3 more do not exist, and do not run.',
        ],
        [
          'TWICE',
          4,
          'On 2027-10-31, the clock goes back from 03:00 to 02:00. 02:00 and 3 more come twice, and run both times.',
        ],
      ],
    ],
    [
      'a change at midnight',
      ['0,30 0,23 * * *', 'Asia/Beirut'],
      [
        [
          'MOVED',
          2,
          'On 2027-03-28, the clock jumps from 00:00 to 01:00. 00:00 and 1 more do not exist, and run once, at 01:00.',
        ],
        [
          'ONCE',
          2,
          'On 2027-10-30, the clock goes back from 00:00 on 2027-10-31 to 23:00. 23:00 and 1 more come twice, and run the first time only.',
        ],
      ],
    ],
    [
      'an hourly job where the clock moves by half an hour',
      ['0 * * * *', 'Australia/Lord_Howe'],
      [
        [
          'SKIPPED',
          1,
          'On 2027-10-03, the clock jumps from 02:00 to 02:30. 02:00 does not exist, and does not run.',
        ],
      ],
    ],
  ] as const)('%s', (_, [expression, timeZone], expected) => {
    const notes = notesOf(expression, timeZone);
    expect(notes.map(({ effect, times, note }) => [effect, times, note])).toEqual(expected);
  });

  test.each([
    ['a time outside the hours of the change', '0 9 * * *', 'Europe/Berlin'],
    ['the end of the gap itself', '0 3 * * *', 'Europe/Berlin'],
    ['a job of every minute, which keeps its pace', '* * * * *', 'Europe/Berlin'],
    ['a weekday without a change', '30 2 * * WED', 'Europe/Berlin'],
    ['a zone without changes', '30 2 * * *', 'Asia/Tokyo'],
    ['an interval', '@every 90s', 'Europe/Berlin'],
    ['an instant', '2027-03-28T03:00:00', 'Europe/Berlin'],
  ])('there is none for %s', (_, expression, timeZone) => {
    expect(notesOf(expression, timeZone)).toEqual([]);
  });

  test('the number of notes is limited', () => {
    expect(notesOf('30 2 * * *', 'Europe/Berlin', 1)).toHaveLength(1);
  });
});

describe('a note about a change agrees with the next times', () => {
  const runsOn = (expression: string, timeZone: string, day: string): string[] => {
    const startMs = Date.parse(`${day}T00:00:00Z`) - 43_200_000;
    return nextTimes(parseSchedule(expression, timeZone), startMs, 400)
      .filter((timeMs) => timeMs < startMs + 2 * 86_400_000)
      .map((timeMs) => new Date(timeMs).toISOString())
      .filter((time) => time.startsWith(day));
  };

  test.each([
    ['30 2 * * *', '2027-03-28', ['01:00']],
    ['0 2,3 * * *', '2027-03-28', ['01:00']],
    ['*/15 2 * * *', '2027-03-28', []],
    ['30 2 * * *', '2027-10-31', ['00:30']],
    ['*/30 2 * * *', '2027-10-31', ['00:00', '00:30', '01:00', '01:30']],
  ])('%s on %s', (expression, day, times) => {
    expect(runsOn(expression, 'Europe/Berlin', day).map((time) => time.slice(11, 16))).toEqual(times);
  });
});

test('the next times of an instant that has passed are none, and the next times of a cron with years end', () => {
  expect(nextTimes(parseSchedule('2020-01-01T00:00:00Z', 'UTC'), NOW_MS, 5)).toEqual([]);
  expect(nextTimes(parseSchedule('cron(0 12 1 1 ? 2030-2031)', 'UTC'), NOW_MS, 5)).toHaveLength(2);
});
