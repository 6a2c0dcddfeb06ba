import type { QueryConfig, QueryResultRow } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCountUpcomingLoad } from '../../../lib/app/count-upcoming-load.ts';
import { MIN_KEPT_JOBS } from '../../../lib/app/load/find-kept.ts';
import { makeReadScheduleLoad } from '../../../lib/app/schedule-load.ts';
import { markJobsDeleted } from '../../../lib/db/job-states.ts';
import { insertJobs } from '../../../lib/db/jobs.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, createBelfry } from '../../support/belfry.ts';

// The clock of Berlin is set forward on the next day, at 01:00 UTC.
const START = '2030-03-30T12:00:20Z';
const MINUTE_MS = 60_000;
const NOON_MS = Date.parse('2030-03-30T12:00:00Z');
const GAP_MS = Date.parse('2030-03-31T01:00:00Z');

let belfry: Belfry;
let readLoad: ReturnType<typeof makeReadScheduleLoad>;
beforeEach(async () => {
  belfry = await createBelfry(START);
  readLoad = makeReadScheduleLoad(belfry.parts);
});
afterEach(() => belfry.close());

const week = { fromMs: NOON_MS, untilMs: NOON_MS + 7 * DAY_MS, jobIds: undefined, busiest: 20 };
const now = { ...week, maxAgeMs: 0 };
const kept = { ...week, maxAgeMs: 10 * MINUTE_MS };
const minute = (fromMs: number) => ({ ...kept, busiest: 1, fromMs, untilMs: fromMs + MINUTE_MS });

type Job = Partial<Parameters<typeof aJob>[0]>;
type Stored = Job & { nextMs?: number };

/** Stores a job for each of the next times. */
const storeAt = async (times: readonly number[], job: Job): Promise<number[]> => {
  const { secretHeaders: _, ...described } = aJob({ schedule: '30 12 * * *', ...job });
  const jobs = times.map((nextMs) => ({ ...described, nextExecutionTime: new Date(nextMs) }));
  return (await insertJobs(belfry.pool, jobs, new Date(START))).map(({ id }) => id);
};
const store = (count: number, { nextMs = NOON_MS + DAY_MS, ...job }: Stored = {}): Promise<number[]> =>
  storeAt(
    Array.from({ length: count }, () => nextMs),
    job,
  );
const single = (atMs: number): Stored => ({
  schedule: new Date(atMs).toISOString(),
  isRecurring: false,
  nextMs: atMs,
});
const count = (pool: Pool = belfry.pool) => makeCountUpcomingLoad({ pool, clock: belfry.clock })();

/** Stores jobs of each kind, and lets a tick count them a minute before the clock of the test. */
async function keepAll(): Promise<{ herd: number[]; hourly: number[]; once: number[] }> {
  const herd = await store(MIN_KEPT_JOBS);
  await store(40, { schedule: '*/20 0 * * * *' });
  await store(30, { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' });
  await store(30, { schedule: '15 2 * * *', timeZone: 'Europe/Berlin' });
  await store(3, { schedule: '* * * * *' });
  const hourly = await store(7, { schedule: '@every 1h', nextMs: NOON_MS + 61 * MINUTE_MS });
  await store(2, { schedule: '@every 100s', nextMs: NOON_MS + 30_000 });
  const once = await store(50, single(NOON_MS + 2 * DAY_MS + 7 * MINUTE_MS));
  await count();
  await belfry.clock.advanceBy(MINUTE_MS);
  return { herd, hourly, once };
}

/** Reads the kept answer, and checks that it is not counted now. */
async function readKept(asked: typeof kept) {
  const answer = await readLoad(asked);
  expect(answer.countedAtMs).toBe(Date.parse(START));
  return answer;
}

describe('the schedules that a tick keeps with the load', () => {
  test('the busiest minutes are described as if they were counted now, also at the end of a gap', async () => {
    await keepAll();
    const { busiest } = await readKept(kept);
    expect(busiest).toHaveLength(20);
    expect(busiest).toEqual((await readLoad(now)).busiest);
    for (const atMs of [
      NOON_MS + MINUTE_MS,
      GAP_MS,
      NOON_MS + 2 * DAY_MS + 7 * MINUTE_MS,
      NOON_MS + DAY_MS,
    ]) {
      const counted = await readLoad({ ...minute(atMs), maxAgeMs: 0 });
      expect((await readKept(minute(atMs))).busiest).toEqual(counted.busiest);
      expect(counted.busiest[0]?.parts.length).toBeGreaterThan(1);
    }
  });

  test('jobs that were changed or deleted later keep their number, and are not named', async () => {
    const { herd, hourly, once } = await keepAll();
    await markJobsDeleted(belfry.pool, [...herd, hourly[0]!], belfry.clock.now());
    await belfry.pool.query(`update job_schedules set next_execution_time = $2 where job_id = $1`, [
      once[0],
      new Date(NOON_MS + 5 * DAY_MS),
    ]);
    const [herdMinute] = (await readKept(minute(NOON_MS + 30 * MINUTE_MS))).busiest;
    expect(herdMinute?.parts[0]).toMatchObject({ jobs: MIN_KEPT_JOBS, runs: MIN_KEPT_JOBS, jobIds: [] });
    const [hour] = (await readKept(minute(NOON_MS + 61 * MINUTE_MS))).busiest;
    expect(hour?.parts[0]).toMatchObject({ schedule: '@every 1h', jobs: 7, jobIds: [] });
    const [onceMinute] = (await readKept(minute(NOON_MS + 2 * DAY_MS + 7 * MINUTE_MS))).busiest;
    expect(onceMinute?.parts[0]).toMatchObject({ schedule: null, jobs: 50, jobIds: [] });
  });

  test('jobs that were dispatched or created later are named', async () => {
    const { herd, hourly, once } = await keepAll();
    await markJobsDeleted(belfry.pool, herd, belfry.clock.now());
    const created = await store(1);
    await belfry.pool.query(
      `update job_schedules set next_execution_time = next_execution_time + interval '1 hour' where job_id = $1`,
      [hourly[0]],
    );
    const [herdMinute] = (await readKept(minute(NOON_MS + 30 * MINUTE_MS))).busiest;
    expect(herdMinute?.parts[0]?.jobIds).toEqual(created);
    const [hour] = (await readKept(minute(NOON_MS + 61 * MINUTE_MS))).busiest;
    expect(hour?.parts[0]?.jobIds).toEqual([hourly[0]]);
    await belfry.pool.query('delete from job_schedules where job_id = $1', [once[0]]);
    const [dispatched] = (await readKept(minute(NOON_MS + 2 * DAY_MS + 7 * MINUTE_MS))).busiest;
    expect(dispatched?.parts[0]?.jobIds).toEqual([once[0]]);
  });

  test('groups of an earlier count are not used with the runs of a version that keeps no groups', async () => {
    await keepAll();
    await belfry.clock.advanceBy(4 * MINUTE_MS);
    const countedAt = belfry.clock.now();
    await belfry.pool.query(
      `update upcoming_load
          set tried_at = $1, counted_at = $1, starts_at = $2, ends_at = $3, jobs = $4, recurring_jobs = $5, is_exact = $6,
              per_minute = per_minute, single_per_minute = single_per_minute`,
      [countedAt, new Date(NOON_MS), new Date(NOON_MS + 32 * DAY_MS), 2_000, 2_000, true],
    );
    await belfry.clock.advanceBy(MINUTE_MS);
    const nowMs = belfry.clock.nowMs();
    const asked = { ...kept, fromMs: NOON_MS + 6 * MINUTE_MS };
    expect((await readLoad({ ...asked, busiest: 0 })).countedAtMs).toBe(countedAt.getTime());
    expect(await readLoad(asked)).toMatchObject({ countedAtMs: nowMs, busiest: { length: 20 } });
  });

  test('groups that a tick has replaced since the runs were read are not used with these', async () => {
    await keepAll();
    await belfry.clock.advanceBy(4 * MINUTE_MS);
    const pool: Pool = {
      ...belfry.pool,
      query: async <Row extends QueryResultRow>(statement: string | QueryConfig, values?: unknown[]) => {
        const result = await belfry.pool.query<Row>(statement, values);
        if (typeof statement === 'object' && statement.name === 'find_upcoming_load') await count();
        return result;
      },
    };
    const asked = { ...kept, fromMs: NOON_MS + 5 * MINUTE_MS };
    const { countedAtMs } = await makeReadScheduleLoad({ pool, clock: belfry.clock })(asked);
    expect(countedAtMs).toBe(belfry.clock.nowMs());
  });

  test('a minute is counted now if groups that are not kept may have the most runs', async () => {
    const everyMs = 100_000_000;
    const times = Array.from(
      { length: MIN_KEPT_JOBS + 1 },
      (_, place) => NOON_MS + DAY_MS + place * MINUTE_MS,
    );
    await storeAt(times, { schedule: '@every 100000s' });
    await count();
    await belfry.clock.advanceBy(MINUTE_MS);
    const [first = 0, ...others] = times.toSorted((one, other) => (other % everyMs) - (one % everyMs));
    expect((await readKept(minute(others[0] ?? 0))).busiest).toHaveLength(1);
    const asked = minute(first);
    const answer = await readLoad(asked);
    expect(answer.countedAtMs).toBe(belfry.clock.nowMs());
    expect(answer.busiest[0]?.parts.length).toBeGreaterThan(0);
    expect((await readLoad({ ...asked, busiest: 0 })).countedAtMs).toBe(Date.parse(START));
  });

  test('a list that has not changed is not written again, and few jobs keep none', async () => {
    const lists = async () => {
      const { rows } = await belfry.pool.query<{ place: number; version: string }>(
        'select minute_of_day as place, xmin::text as version from upcoming_groups order by 1',
      );
      return rows;
    };
    const ids = await store(MIN_KEPT_JOBS - 1);
    await count();
    expect(await lists()).toEqual([]);
    await store(2, { schedule: '0 9 * * *' });
    await belfry.clock.advanceBy(5 * MINUTE_MS);
    await count();
    const before = await lists();
    expect(before).toHaveLength(1_441);
    await markJobsDeleted(belfry.pool, ids.slice(0, 1), belfry.clock.now());
    await belfry.clock.advanceBy(5 * MINUTE_MS);
    await count();
    const after = await lists();
    expect(after.filter(({ version }, place) => version !== before[place]?.version)).toMatchObject([
      { place: 12 * 60 + 30 },
    ]);
  });
});
