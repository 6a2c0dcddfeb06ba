import type { Pool } from '../../../lib/db/pool.ts';
import { HOST_PERIOD_MS, HOST_PERIODS } from '../../../lib/domain/host-summary.ts';
import { startOfPeriod } from '../../../lib/domain/roll-up/periods.ts';

/** More hosts than the order of slowness compares. The first 200 have jobs. */
const HOSTS = 1_500;

const INSERT = /* sql */ `
  insert into host_outcomes (starts_at, host, requests, failed, timed_out, duration_sum_ms, duration_max_ms)
  select $1::timestamptz - back * $2 * interval '1 ms', 'host-' || n || '.example.com', 10 + n % 90, n % 3, n % 2,
         (10 + n % 90) * (5 + n * 7919 % 400), 900
    from generate_series(0, $3::integer - 1) back, generate_series(0, $4::integer - 1) n
      on conflict do nothing`;

/** Stores the requests of the last hour. They are not part of the kept data, because ticks delete them after an hour. */
export async function loadHostOutcomes(pool: Pool, nowMs: number): Promise<void> {
  const current = new Date(startOfPeriod(nowMs, HOST_PERIOD_MS / 1_000));
  await pool.query(INSERT, [current, HOST_PERIOD_MS, HOST_PERIODS, HOSTS]);
  await pool.query('analyze host_outcomes');
}
