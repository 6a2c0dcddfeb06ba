import { CronExpressionParser } from 'cron-parser';
import { nextTimeAfter } from '../../lib/domain/schedule/next-time.ts';
import { compileSchedule } from '../../lib/domain/schedule/parse-schedule.ts';
import type { Scenario } from '../support/figures.ts';
import { repeat, seconds } from '../../test/support/stats.ts';

const TIMES = 200_000;
const FIRST_TIMES = 10_000;
const TIMES_OF_LIBRARY = 10_000;

const crons = [
  '* * * * *',
  '*/5 * * * *',
  '0 * * * *',
  '30 2 * * *',
  '15 1-4 * * *',
  '0 9 * * MON-FRI',
  '0 0 1 * *',
  '0 12 L * *',
  '0 8 * * MON#1',
  '45 23 31 12 *',
  '0 0 29 2 *',
  '*/10 * * * * *',
  '30 15 10 * * *',
  '0 0,12 1-7,15 JAN,JUL *',
];

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
];

export const nextTimes: Scenario = {
  name: 'next-times',
  title: `next times of ${crons.length} crons in ${zones.length} time zones, one after the other`,
  run: async (bench) => {
    const { repetitions } = bench.options;
    const n = TIMES.toLocaleString('en-US');
    const cold = await perSecond(FIRST_TIMES, walkSchedules);
    walkSchedules(TIMES);
    const rates = await repeat(repetitions, () => perSecond(TIMES, walkSchedules));
    bench.figure('next times', 'times/s', n, rates, { atLeast: 50_000 });
    walkLibrary(TIMES_OF_LIBRARY);
    const library = await repeat(repetitions, () => perSecond(TIMES_OF_LIBRARY, walkLibrary));
    bench.limit(
      'cron-parser by itself, the first six crons',
      'times/s',
      TIMES_OF_LIBRARY.toLocaleString('en-US'),
      library,
    );
    bench.figure('of it the first, in a cold process', 'times/s', FIRST_TIMES.toLocaleString('en-US'), [
      cold,
    ]);
  },
};

const pairs = crons.flatMap((cron) => zones.map((zone) => ({ cron, zone })));
/** The library finds no time for some rare schedules. */
const pairsOfLibrary = pairs.filter(({ cron }) => crons.indexOf(cron) < 6);
const START_MS = Date.parse('2026-01-01T00:00:00Z');
/** Callers compute the next time after now, so each schedule walks through ten years, again and again. */
const END_MS = Date.parse('2036-01-01T00:00:00Z');

async function perSecond(times: number, walk: (times: number) => void): Promise<number> {
  const taken = await seconds(async () => walk(times));
  return times / taken;
}

/**
 * Computes the same number of times for each schedule, each from the previous one. As in a tick, the schedule is looked up
 * by its text.
 */
function walkSchedules(times: number): void {
  const reachedMs = pairs.map(() => START_MS);
  for (let done = 0; done < times; done++) {
    const index = done % pairs.length;
    const pair = pairs[index];
    if (pair === undefined) continue;
    const nextMs = nextTimeAfter(compileSchedule(pair.cron, pair.zone), reachedMs[index] ?? START_MS);
    reachedMs[index] = nextMs === undefined || nextMs > END_MS ? START_MS : nextMs;
  }
}

function walkLibrary(times: number): void {
  const parsed = pairsOfLibrary.map(({ cron, zone }) =>
    CronExpressionParser.parse(cron, { tz: zone, currentDate: new Date(START_MS) }),
  );
  for (let done = 0; done < times; done++) parsed[done % parsed.length]?.next();
}
