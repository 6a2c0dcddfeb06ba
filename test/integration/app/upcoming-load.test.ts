import type { QueryConfig, QueryResultRow } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCountUpcomingLoad } from '../../../lib/app/count-upcoming-load.ts';
import { makeReadScheduleLoad } from '../../../lib/app/schedule-load.ts';
import { MIN_KEPT_JOBS } from '../../../lib/app/load/find-kept.ts';
import { claimLoadCount } from '../../../lib/db/upcoming-load.ts';
import { insertJobs } from '../../../lib/db/jobs.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, compose, createBelfry } from '../../support/belfry.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const START = '2030-03-02T12:00:20Z';
const MINUTE_MS = 60_000;
const NOON_MS = Date.parse('2030-03-02T12:00:00Z');

let belfry: Belfry;
let readLoad: ReturnType<typeof makeReadScheduleLoad>;
beforeEach(async () => {
  belfry = await createBelfry(START);
  readLoad = makeReadScheduleLoad(belfry.parts);
});
afterEach(() => belfry.close());

const week = { fromMs: NOON_MS, untilMs: NOON_MS + 7 * DAY_MS, jobIds: undefined, busiest: 0 };
const now = { ...week, maxAgeMs: 0 };
const kept = { ...week, maxAgeMs: 10 * MINUTE_MS };

const store = async (
  count: number,
  job: Partial<Parameters<typeof aJob>[0]> = {},
  next = NOON_MS + DAY_MS,
) => {
  const { secretHeaders: _, ...described } = aJob({ schedule: '30 12 * * *', ...job });
  const jobs = Array.from({ length: count }, () => ({ ...described, nextExecutionTime: new Date(next) }));
  return insertJobs(belfry.pool, jobs, new Date(START));
};
const count = (pool: Pool = belfry.pool) => makeCountUpcomingLoad({ pool, clock: belfry.clock })();
const runsAt = async (asked: typeof kept, minute: number) => (await readLoad(asked)).perMinute[minute];

describe('the load that a tick keeps', () => {
  test('it answers a request that accepts its age, as it was counted', async () => {
    await store(MIN_KEPT_JOBS);
    await store(3, { schedule: '2030-03-04T12:00:00Z', isRecurring: false }, NOON_MS + 2 * DAY_MS);
    await store(2, { schedule: '2030-03-20T12:00:00Z', isRecurring: false }, NOON_MS + 18 * DAY_MS);
    await store(1, { schedule: '@every 1h' }, NOON_MS + MINUTE_MS);
    await belfry.runTick(belfry.inMs(50_000));
    const counted = await readLoad(now);
    expect(counted).toMatchObject({
      jobs: MIN_KEPT_JOBS + 4,
      countedAtMs: belfry.clock.nowMs(),
      isExact: true,
    });

    await belfry.clock.advanceBy(3 * MINUTE_MS);
    await store(1);
    expect(await readLoad(kept)).toEqual(counted);
    expect(await readLoad(now)).toMatchObject({
      jobs: MIN_KEPT_JOBS + 5,
      countedAtMs: belfry.clock.nowMs(),
    });
    const later = { ...kept, fromMs: NOON_MS + DAY_MS, untilMs: NOON_MS + 2 * DAY_MS };
    const { perMinute, jobs } = await readLoad(later);
    expect(jobs).toBe(MIN_KEPT_JOBS + 1);
    expect(perMinute).toEqual(counted.perMinute.slice(1_440, 2_880));
    const longest = await readLoad({ ...kept, untilMs: NOON_MS + 31 * DAY_MS });
    expect(longest).toMatchObject({ jobs: MIN_KEPT_JOBS + 6, countedAtMs: counted.countedAtMs });
  });

  test.each([
    ['the kept counts are older than it accepts', { ...kept, maxAgeMs: 2 * MINUTE_MS }],
    ['it asks for some jobs', { ...kept, jobIds: [1] }],
    ['its window ends after the kept one', { ...kept, untilMs: NOON_MS + 33 * DAY_MS }],
    ['its window begins before the kept one', { ...kept, fromMs: NOON_MS - MINUTE_MS }],
  ])('a request is counted now if %s', async (_, asked) => {
    await store(MIN_KEPT_JOBS);
    await count();
    await belfry.clock.advanceBy(3 * MINUTE_MS);
    expect((await readLoad(kept)).countedAtMs).toBe(Date.parse(START));
    expect((await readLoad(asked)).countedAtMs).toBe(belfry.clock.nowMs());
  });

  test('a request is counted now while no tick has counted, and while there are few jobs', async () => {
    await store(MIN_KEPT_JOBS - 1);
    expect(await runsAt(kept, 30)).toBe(MIN_KEPT_JOBS - 1);
    await count();
    await store(2);
    expect(await runsAt(kept, 30)).toBe(MIN_KEPT_JOBS + 1);
  });

  test('a count of a clock that was far ahead is not used, and the next tick counts again', async () => {
    await store(MIN_KEPT_JOBS);
    await belfry.clock.advanceBy(DAY_MS);
    await count();
    const behind = { clock: new ManualClock(START), pool: belfry.pool };
    const readBehind = makeReadScheduleLoad(behind);
    expect((await readBehind({ ...kept, fromMs: NOON_MS + DAY_MS })).countedAtMs).toBe(Date.parse(START));
    await makeCountUpcomingLoad(behind)();
    await store(1);
    expect((await readBehind(kept)).perMinute[30]).toBe(MIN_KEPT_JOBS);
  });

  test('a schedule that cannot be read makes the kept counts inexact', async () => {
    await store(MIN_KEPT_JOBS);
    await store(1, { schedule: 'not a schedule' });
    await count();
    expect(await readLoad(kept)).toMatchObject({ isExact: false, jobs: MIN_KEPT_JOBS });
  });
});

describe('the upkeep of the load', () => {
  test('the fifth tick counts again, although it begins a little earlier in its minute', async () => {
    await store(MIN_KEPT_JOBS);
    await count();
    await store(1);
    for (let minute = 1; minute <= 4; minute += 1) {
      await belfry.clock.advanceBy(MINUTE_MS);
      await count();
      expect(await runsAt(kept, 30)).toBe(MIN_KEPT_JOBS);
    }
    await belfry.clock.advanceBy(MINUTE_MS - 500);
    await count();
    const asked = { ...kept, fromMs: NOON_MS + 4 * MINUTE_MS };
    expect(await runsAt(asked, 26)).toBe(MIN_KEPT_JOBS + 1);
  });

  test('one of two ticks at once counts', async () => {
    const claims = [0, 1].map(() => claimLoadCount(belfry.pool, new Date(START), MINUTE_MS));
    expect((await Promise.all(claims)).filter((isMine) => isMine)).toHaveLength(1);
  });

  test('a slow count does not replace a later one', async () => {
    await store(MIN_KEPT_JOBS);
    const later = new ManualClock(Date.parse(START) + 5 * MINUTE_MS);
    const pool: Pool = {
      ...belfry.pool,
      query: async <Row extends QueryResultRow>(statement: string | QueryConfig, values?: unknown[]) => {
        const result = await belfry.pool.query<Row>(statement, values);
        if (typeof statement === 'object' && statement.name === 'count_schedules')
          await makeCountUpcomingLoad({ pool: belfry.pool, clock: later })();
        return result;
      },
    };
    await count(pool);
    const asked = { ...kept, fromMs: NOON_MS + 5 * MINUTE_MS };
    const { countedAtMs } = await makeReadScheduleLoad({ pool: belfry.pool, clock: later })(asked);
    expect(countedAtMs).toBe(later.nowMs());
    const { rows } = await belfry.pool.query('select counted_at from upcoming_load');
    expect(rows).toEqual([{ counted_at: later.now() }]);
  });

  test('a count that fails leaves the kept one, is not tried again in the next tick, and stops no other part', async () => {
    await store(MIN_KEPT_JOBS);
    await count();
    await belfry.clock.advanceBy(5 * MINUTE_MS);
    let counts = 0;
    const pool: Pool = {
      ...belfry.pool,
      query: async (statement, values) => {
        if (typeof statement === 'object' && statement.name === 'count_schedules') {
          counts += 1;
          throw new Error('canceling statement due to statement timeout');
        }
        return belfry.pool.query(statement, values);
      },
    };
    const { runTick } = compose({ ...belfry.parts, pool });
    expect((await runTick(belfry.inMs(50_000))).failedParts).toEqual(['upcoming load']);
    await belfry.clock.advanceBy(MINUTE_MS);
    expect((await runTick(belfry.inMs(50_000))).failedParts).toEqual([]);
    expect(counts).toBe(1);
    const asked = { ...kept, fromMs: NOON_MS + 6 * MINUTE_MS };
    expect((await readLoad(asked)).countedAtMs).toBe(Date.parse(START));
  });
});
