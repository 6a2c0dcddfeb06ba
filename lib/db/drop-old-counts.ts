import type { PeriodSeconds } from '../domain/roll-up/periods.ts';
import type { Queryable } from './pool.ts';

/** The maximum number of rows that one statement deletes. */
export const ROWS_PER_DROP = 5_000;

const OLD_ROWS = /* sql */ `
            where period_seconds = $1
              and starts_at < $2
            limit (select $3::integer)`;

const DROP_OLD_COUNTS = /* sql */ `
  delete from outcome_counts where ctid = any (array(select ctid from outcome_counts ${OLD_ROWS}))`;
const DROP_OLD_DEPTHS = /* sql */ `
  delete from queue_depths where ctid = any (array(select ctid from queue_depths ${OLD_ROWS}))`;

/** The tables of counts by periods, which are dropped by the same rule. */
export const countTables = ['outcome_counts', 'queue_depths'] as const;

/** Deletes rows of periods that began before the instant. Returns the number of deleted rows. */
export async function dropOldCounts(
  db: Queryable,
  table: (typeof countTables)[number],
  period: PeriodSeconds,
  before: Date,
): Promise<number> {
  const { rowCount } = await db.query({
    name: `drop_old_${table}`,
    text: table === 'outcome_counts' ? DROP_OLD_COUNTS : DROP_OLD_DEPTHS,
    values: [period, before, ROWS_PER_DROP],
  });
  return rowCount ?? 0;
}

// The table has at most 103 series.
const DROP_IDLE_GROUPS = /* sql */ `
  delete from outcome_totals t
   where series like 'group:%'
     and not exists (select from outcome_totals o where o.series = t.series and o.last_minute >= $1)`;

/** Deletes the totals of groups whose last outcome is older than the instant, so that new groups have room. */
export async function dropIdleGroups(db: Queryable, before: Date): Promise<void> {
  await db.query({ name: 'drop_idle_groups', text: DROP_IDLE_GROUPS, values: [before] });
}
