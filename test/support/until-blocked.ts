import type { Queryable } from '../../lib/db/pool.ts';
import { until } from './waiting.ts';

/** Waits until this number of statements of the database wait for a lock. */
export async function untilBlocked(db: Queryable, count = 1): Promise<void> {
  await until(
    async () => {
      const { rows } = await db.query<{ blocked: number }>(
        `select count(*)::integer as blocked from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return (rows[0]?.blocked ?? 0) >= count;
    },
    { timeoutMs: 10_000 },
  );
}
