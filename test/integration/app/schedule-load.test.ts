import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeReadScheduleLoad } from '../../../lib/app/schedule-load.ts';
import { markJobsDeleted } from '../../../lib/db/job-states.ts';
import { insertJobs } from '../../../lib/db/jobs.ts';
import { countIntervals, countSchedules, countSingles } from '../../../lib/db/schedule-load.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { planModes, explain } from '../db/explain.ts';
import { after, ascending, emptyTables, newJob, NOON, pool, useOwnDatabase } from '../db/fixture.ts';

await useOwnDatabase();

const HOUR_MS = 3_600_000;
const readLoad = makeReadScheduleLoad({ pool, clock: new ManualClock(NOON) });
const window = { fromMs: NOON.getTime(), untilMs: NOON.getTime() + HOUR_MS };
const asked = { ...window, jobIds: undefined, busiest: 3, maxAgeMs: 0 };

const store = async (...jobs: Parameters<typeof newJob>[0][]): Promise<number[]> =>
  (await insertJobs(pool, jobs.map(newJob), NOON)).map(({ id }) => id);

describe('the load of schedules', () => {
  beforeEach(emptyTables);

  test('each schedule is counted with its jobs, and the busiest minutes name them', async () => {
    const quarters = await store(...Array.from({ length: 7 }, () => ({ schedule: '*/15 * * * *' })));
    const [half] = await store({ schedule: '30 13 * * *', timeZone: 'Europe/Berlin' });
    const load = await readLoad(asked);
    expect(load).toMatchObject({ jobs: 8, isExact: true });
    expect(load.perMinute).toHaveLength(60);
    expect(load.perMinute.flatMap((runs, minute) => (runs === 0 ? [] : [[minute, runs]]))).toEqual([
      [0, 7],
      [15, 7],
      [30, 8],
      [45, 7],
    ]);
    expect(load.busiest).toEqual([
      {
        minuteMs: after(30 * 60_000).getTime(),
        runs: 8,
        parts: [
          { schedule: '*/15 * * * *', timeZone: 'UTC', jobs: 7, runs: 7, jobIds: quarters.slice(0, 5) },
          { schedule: '30 13 * * *', timeZone: 'Europe/Berlin', jobs: 1, runs: 1, jobIds: [half] },
        ],
      },
      expect.objectContaining({ minuteMs: NOON.getTime(), runs: 7 }),
      expect.objectContaining({ minuteMs: after(15 * 60_000).getTime(), runs: 7 }),
    ]);
  });

  test('an interval counts from the next time of its job, in any case and as a rate', async () => {
    const nextExecutionTime = after(70_000);
    const ids = await store(
      { schedule: '@EVERY 1200s', nextExecutionTime },
      { schedule: 'Rate (20 minutes)', nextExecutionTime },
    );
    const load = await readLoad(asked);
    expect(load.perMinute.flatMap((runs, minute) => (runs === 0 ? [] : [[minute, runs]]))).toEqual([
      [1, 2],
      [21, 2],
      [41, 2],
    ]);
    expect(ascending(load.busiest[0]?.parts.flatMap(({ jobIds }) => jobIds) ?? [])).toEqual(ids);
  });

  test('jobs with one interval that are due in the same seconds are shown together, also if their next times differ', async () => {
    const later = { schedule: '@every 600s', nextExecutionTime: after(1_270_000) };
    const ids = await store(
      later,
      { schedule: '@every 600s', nextExecutionTime: after(670_000) },
      later,
      { schedule: '@every 600s', nextExecutionTime: after(680_000) },
      { schedule: '@every 10m', nextExecutionTime: after(670_000) },
    );
    const load = await readLoad(asked);
    expect(load).toMatchObject({ jobs: 5, busiest: [{ runs: 5 }, { runs: 5 }, { runs: 5 }] });
    const part = { timeZone: null, runs: 1, jobs: 1 };
    expect(load.busiest[0]?.parts).toEqual([
      { schedule: '@every 600s', timeZone: null, jobs: 3, runs: 3, jobIds: [ids[0]] },
      { schedule: '@every 10m', ...part, jobIds: [ids[4]] },
      { schedule: '@every 600s', ...part, jobIds: [ids[3]] },
    ]);
  });

  test('a job that runs once is counted at its next time, regardless of its schedule', async () => {
    const [first] = await store(
      { schedule: after(90_000).toISOString(), isRecurring: false, nextExecutionTime: after(90_000) },
      { schedule: '* * * * *', isRecurring: false, nextExecutionTime: after(60_000) },
      { schedule: '@every 60s', isRecurring: false, nextExecutionTime: after(2 * HOUR_MS) },
    );
    const load = await readLoad(asked);
    expect([load.jobs, load.perMinute[1], load.perMinute.reduce((sum, runs) => sum + runs, 0)]).toEqual([
      2, 2, 2,
    ]);
    expect(load.busiest[0]?.parts).toEqual([
      { schedule: null, timeZone: null, jobs: 2, runs: 2, jobIds: [first] },
    ]);
  });

  test('paused and deleted jobs have no runs', async () => {
    const [, deleted] = await store(
      { schedule: '* * * * *', isActive: false, nextExecutionTime: null },
      { schedule: '* * * * *' },
      { schedule: '@every 60s', isActive: false, nextExecutionTime: null },
    );
    await markJobsDeleted(pool, [deleted!], NOON);
    expect(await readLoad(asked)).toMatchObject({ jobs: 0, busiest: [] });
  });

  test('the load of given jobs is that of these alone', async () => {
    const ids = await store(
      { schedule: '0 * * * *' },
      { schedule: '0 * * * *' },
      { schedule: '0 * * * *' },
      { schedule: '@every 1800s', nextExecutionTime: after(60_000) },
      { schedule: after(120_000).toISOString(), isRecurring: false, nextExecutionTime: after(120_000) },
    );
    const load = await readLoad({ ...asked, jobIds: [...ids.slice(1), 999_999] });
    expect(load.perMinute.flatMap((runs, minute) => (runs === 0 ? [] : [[minute, runs]]))).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
      [31, 1],
    ]);
    expect(load.busiest[0]?.parts).toEqual([
      { schedule: '0 * * * *', timeZone: 'UTC', jobs: 2, runs: 2, jobIds: ids.slice(1, 3) },
    ]);
  });

  test('a stored schedule that cannot be read makes the load inexact', async () => {
    await store({ schedule: 'not a schedule' }, { schedule: '0 * * * *' });
    expect(await readLoad(asked)).toMatchObject({ isExact: false, perMinute: expect.arrayContaining([1]) });
  });
});

describe.each(planModes)('the plans of the load with %s', (mode) => {
  beforeAll(async () => {
    await emptyTables();
    await pool.query('alter table jobs disable trigger user');
    await pool.query(
      `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                         is_active, created_at, updated_at)
       select case when n % 100 = 0 then '@every 60s' else n % 60 || ' * * * *' end, 'UTC', 'http://127.0.0.1/', 'POST',
              '{}', to_json(repeat('x', 500)), 'AT_LEAST_ONCE', n % 100 <> 1, 3, 30000, true, $1, $1
         from generate_series(1, 50000) n`,
      [NOON],
    );
    await pool.query('alter table jobs enable trigger user');
    await pool.query(
      `insert into job_schedules (job_id, next_execution_time, created_at)
       select id, $1::timestamptz + id * interval '1 s', $1 from jobs`,
      [NOON],
    );
    await pool.query('vacuum analyze jobs, job_schedules');
  }, 120_000);

  // The table of jobs has 4,000 pages.
  test('the jobs of each schedule are counted in the index alone', async () => {
    const [plan] = await explain(mode, (tx) => countSchedules(tx, 100_000));
    expect(plan?.seqScans).toEqual([]);
    expect(plan?.buffers).toBeLessThan(200);
  });

  test('intervals and jobs that run once are found without reading the other jobs', async () => {
    const range = { from: NOON, until: after(HOUR_MS) };
    const plans = [
      ...(await explain(mode, (tx) => countIntervals(tx, 100_000))),
      ...(await explain(mode, (tx) => countSingles(tx, range))),
    ];
    expect(plans).toHaveLength(2);
    for (const { seqScans, buffers } of plans) {
      expect(seqScans).not.toContain('jobs');
      expect(buffers).toBeLessThan(2_500);
    }
  });
});
