import type { Pool } from '../../lib/db/pool.ts';
import { DAY_MS } from '../../lib/domain/day.ts';
import { keptDays, periodsSeconds } from '../../lib/domain/roll-up/periods.ts';

/** A histogram of 30 buckets, as that of requests of up to 200 ms. */
const HISTOGRAM = `{${Array.from({ length: 30 }, (_, bucket) => bucket).join(',')}}`;

const INSERT_COUNTS = /* sql */ `
  insert into outcome_counts
  select $1, $2::integer, date_bin($2::integer * interval '1 s', $3, 'epoch') - place * $2::integer * interval '1 s', status,
         400, 40000, 200, $4::integer[], 400, 20, $4::integer[]
    from generate_series(0, $5::integer - 1) place, unnest(array['SUCCESS', 'FAILED']) status`;

const INSERT_DEPTHS = /* sql */ `
  insert into queue_depths
  select $1::integer, date_bin($1::integer * interval '1 s', $2, 'epoch') - place * $1::integer * interval '1 s', 1, 2, 3, 4, 5
    from generate_series(0, $3::integer - 1) place`;

const INSERT_TOTALS = /* sql */ `
  insert into outcome_totals
  select $4 || place, status, 1000000, 1, $1::bigint[], 1, $1::bigint[], $2
    from generate_series(1, $3::integer) place, unnest(array['SUCCESS', 'FAILED', 'RETRYING']) status`;

/** Fills every period that the retention keeps, for all jobs and for groups 1 to `groups`. Returns the number of rows of counts. */
export async function loadCounts(
  pool: Pool,
  { now, groups, prefix }: { now: Date; groups: number; prefix: string },
): Promise<number> {
  let filled = 0;
  for (const periodSeconds of periodsSeconds) {
    const periods = (keptDays[periodSeconds] * DAY_MS) / (periodSeconds * 1_000);
    for (let group = 0; group <= groups; group += 1) {
      const series = group === 0 ? 'all' : `group:${prefix}${group}`;
      const { rowCount } = await pool.query(INSERT_COUNTS, [series, periodSeconds, now, HISTOGRAM, periods]);
      filled += rowCount ?? 0;
    }
    await pool.query(INSERT_DEPTHS, [periodSeconds, now, periods]);
  }
  await pool.query(INSERT_TOTALS, [HISTOGRAM, now, groups, `group:${prefix}`]);
  return filled;
}
