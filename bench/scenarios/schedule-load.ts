import { makeReadScheduleLoad } from '../../lib/app/schedule-load.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { countIntervals, countSchedules, countSingles } from '../../lib/db/schedule-load.ts';
import { DAY_MS } from '../../lib/domain/day.ts';
import { MINUTE_MS } from '../../lib/domain/load/load.ts';
import type { Stage } from '../../test/support/services.ts';
import { repeat, seconds } from '../../test/support/stats.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { cpuBetween, readCost } from '../support/open-executions/server-cost.ts';

const JOBS = 1_000_000;
const DAYS = 31;

export const scheduleLoad: Scenario = {
  name: 'schedule-load',
  title: `the runs per minute of ${JOBS.toLocaleString('en-US')} jobs over ${DAYS} days`,
  run: async (bench) => {
    const stage = await bench.services.openStage('schedule-load');
    try {
      bench.progress(`stores ${JOBS} jobs`);
      await storeJobs(stage);
      await measure(bench, stage);
    } finally {
      await stage.close();
    }
  },
};

/** Nine of ten jobs share 10,080 crons in each of three time zones; the others have intervals, or run once. */
async function storeJobs({ pool }: Stage): Promise<void> {
  // The entries of the audit log would double the time.
  await pool.query('alter table jobs disable trigger user');
  await pool.query(
    `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                       is_active, created_at, updated_at)
     select case when n % 20 = 0 then '@every ' || 60 + n % 1000 || 's'
                 when n % 20 = 1 then to_char(now() + n * interval '3 s', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 else n % 60 || ' ' || n / 60 % 24 || ' * * ' || n / 1440 % 7 end,
            (array['UTC', 'Europe/Berlin', 'America/New_York'])[1 + n / 10080 % 3], 'http://127.0.0.1/', 'POST', '{}',
            '{"orderId": 1, "note": "forty bytes or so that a client sends"}', 'AT_LEAST_ONCE', n % 20 <> 1, 3, 30000,
            true, now(), now()
       from generate_series(1, $1::integer) n`,
    [JOBS],
  );
  await pool.query('alter table jobs enable trigger user');
  await pool.query(
    `insert into job_schedules (job_id, next_execution_time, created_at)
     select id, now() + id % 86400 * interval '1 s', now() from jobs`,
  );
  await pool.query('vacuum analyze jobs, job_schedules');
}

async function measure(bench: Bench, { pool }: Stage): Promise<void> {
  const readLoad = makeReadScheduleLoad({ pool, clock: systemClock });
  const fromMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const asked = { fromMs, untilMs: fromMs + DAYS * DAY_MS, jobIds: undefined, busiest: 10, maxAgeMs: 0 };
  const { jobs, isExact } = await readLoad(asked);
  if (!isExact) throw new Error(`the load of ${jobs} jobs is not exact`);
  const { repetitions } = bench.options;
  const n = JOBS.toLocaleString('en-US');
  const ms = (work: () => Promise<unknown>) => repeat(repetitions, async () => 1_000 * (await seconds(work)));
  bench.figure('the load', 'ms', n, await ms(() => readLoad(asked)), { atMost: 2_000 });
  const us: { own: number; server: number }[] = [];
  for (let i = 0; i < repetitions; i += 1) {
    const [before, own] = [await readCost(pool), process.cpuUsage()];
    await readLoad(asked);
    const { user, system } = process.cpuUsage(own);
    us.push({ own: user + system, server: cpuBetween(before, await readCost(pool)) });
  }
  bench.limit(
    'processor time of the API, and',
    'ms',
    n,
    us.map(({ own }) => own / 1_000),
  );
  bench.limit(
    "processor time of PostgreSQL's backends, without parallel workers",
    'ms',
    n,
    us.map(({ server }) => server / 1_000),
  );
  bench.limit('of it counting crons in PostgreSQL', 'ms', n, await ms(() => countSchedules(pool, 100_000)));
  bench.limit('of it counting intervals', 'ms', n, await ms(() => countIntervals(pool, 200_000)));
  const range = { from: new Date(fromMs), until: new Date(asked.untilMs) };
  bench.limit('of it counting jobs that run once', 'ms', n, await ms(() => countSingles(pool, range)));
}
