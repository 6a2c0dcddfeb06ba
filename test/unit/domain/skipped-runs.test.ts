import { array, assert, constantFrom, integer, nat, option, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SkippedOccurrences } from '../../../lib/domain/occurrences.ts';
import { countTimes } from '../../../lib/domain/schedule/count-times.ts';
import { nextTimeAfter } from '../../../lib/domain/schedule/next-time.ts';
import { parseSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';
import type { Schedule } from '../../../lib/domain/schedule/schedule.ts';
import { isSkippedTime, splitAfter, splitSkipped } from '../../../lib/domain/skipped-runs.ts';

const at = (time: string) => Date.parse(`2030-03-04T${time}Z`);
const minutely = parseSchedule('* * * * *', 'UTC');

const skippedFrom = (schedule: Schedule, firstMs: number, lastMs: number): SkippedOccurrences => ({
  firstMs,
  lastMs,
  count: countTimes(schedule, firstMs, lastMs),
});

/** Every occurrence from the first to the last. */
function timesOf(schedule: Schedule, { firstMs, lastMs }: Pick<SkippedOccurrences, 'firstMs' | 'lastMs'>) {
  const times: number[] = [];
  for (
    let ms: number | undefined = firstMs;
    ms !== undefined && ms <= lastMs;
    ms = nextTimeAfter(schedule, ms)
  )
    times.push(ms);
  return times;
}

const time = (ms: number) => new Date(ms).toISOString().slice(11, 16);
const inWords = (runs: readonly SkippedOccurrences[]) =>
  runs.map(({ firstMs, lastMs, count }) => `${count}: ${time(firstMs)} to ${time(lastMs)}`);

describe('skipped occurrences, some of which have executions', () => {
  const skipped = skippedFrom(minutely, at('10:01:00'), at('10:10:00'));

  test.each([
    ['none', [], ['10: 10:01 to 10:10']],
    ['the first', ['10:01:00'], ['9: 10:02 to 10:10']],
    ['the last', ['10:10:00'], ['9: 10:01 to 10:09']],
    ['one in between', ['10:04:00'], ['3: 10:01 to 10:03', '6: 10:05 to 10:10']],
    ['two next to each other', ['10:04:00', '10:05:00'], ['3: 10:01 to 10:03', '5: 10:06 to 10:10']],
  ])('where %s has one, the others are runs', (_, taken, runs) => {
    expect(inWords(splitSkipped(minutely, skipped, taken.map(at)))).toEqual(runs);
  });

  test('where all have one, nothing is left', () => {
    expect(splitSkipped(minutely, skipped, timesOf(minutely, skipped))).toEqual([]);
  });

  test('a time of an earlier schedule is not one of them', () => {
    expect(isSkippedTime(minutely, skipped, at('10:04:30'))).toBe(false);
    expect(isSkippedTime(minutely, skipped, at('10:11:00'))).toBe(false);
    expect(isSkippedTime(minutely, skipped, at('10:04:00'))).toBe(true);
  });

  test('the first occurrence counts even if the schedule no longer has it', () => {
    const odd = { ...skipped, firstMs: at('10:00:30'), count: 11 };
    expect(isSkippedTime(minutely, odd, at('10:00:30'))).toBe(true);
    expect(inWords(splitSkipped(minutely, odd, [at('10:02:00')]))).toEqual([
      '2: 10:00 to 10:01',
      '8: 10:03 to 10:10',
    ]);
  });

  const schedules = ['* * * * *', '*/7 9-11 * * *', '@every 90s', '30 2 * * *', '0 0 29 2 *'].map((text) =>
    parseSchedule(text, 'Europe/Berlin'),
  );

  test('each occurrence is in exactly one run, or has an execution', () => {
    assert(
      property(
        constantFrom(...schedules),
        integer({ min: 0, max: 400 * 86_400 }),
        integer({ min: 0, max: 60 }),
        array(nat(60)),
        option(nat(60), { nil: undefined }),
        (schedule, startSeconds, more, takenPlaces, splitPlace) => {
          const firstMs = nextTimeAfter(schedule, at('10:00:00') + startSeconds * 1_000) ?? 0;
          const times = [firstMs];
          while (times.length <= more) times.push(nextTimeAfter(schedule, times.at(-1) ?? 0) ?? Infinity);
          const lastMs = times.at(-1) ?? 0;
          const taken = times.filter((_, place) => takenPlaces.includes(place));
          const splitMs = splitPlace === undefined ? undefined : times[splitPlace];
          const { done, rest } = splitAfter(schedule, skippedFrom(schedule, firstMs, lastMs), splitMs);
          const runs = [done, ...(rest === undefined ? [] : [rest])].flatMap((part) =>
            splitSkipped(
              schedule,
              part,
              taken.filter((ms) => isSkippedTime(schedule, part, ms)),
            ),
          );
          for (const run of runs) expect(run.count).toBe(timesOf(schedule, run).length);
          const accounted = [...taken, ...runs.flatMap((run) => timesOf(schedule, run))];
          expect(accounted.toSorted((a, b) => a - b)).toEqual(times);
        },
      ),
    );
  });
});
