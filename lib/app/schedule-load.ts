import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { busiestMinutes } from '../domain/load/count-load.ts';
import { MINUTE_MS } from '../domain/load/load.ts';
import { partsOf } from '../domain/load/minute-parts.ts';
import type { AskedLoad } from './load/asked-load.ts';
import { type BusyMinute, type LoadPart, PARTS_SHOWN, withJobIds } from './load/busy-minute.ts';
import { countRuns } from './load/count-runs.ts';
import { findKept } from './load/find-kept.ts';

export type ScheduleLoad = {
  countedAtMs: number;
  jobs: number;
  perMinute: number[];
  isExact: boolean;
  busiest: { minuteMs: number; runs: number; parts: LoadPart[] }[];
};

export type ReadScheduleLoad = (asked: AskedLoad) => Promise<ScheduleLoad>;

/**
 * Makes the use case that counts the runs of active jobs in each minute of a window. PostgreSQL counts the jobs of each
 * schedule, and each schedule is expanded once, also when many jobs have it. A request may take the counts of a tick.
 */
export function makeReadScheduleLoad({ pool, clock }: { pool: Pool; clock: Clock }): ReadScheduleLoad {
  return async (asked) => {
    const nowMs = clock.nowMs();
    const kept = await findKept(pool, asked, nowMs);
    const load = kept ?? { countedAtMs: nowMs, ...(await countNow(pool, asked)) };
    return { ...load, busiest: await withJobIds(pool, load.busiest) };
  };
}

async function countNow(pool: Pool, asked: AskedLoad) {
  const { groups, jobs, perMinute, isExact } = await countRuns(pool, asked);
  const all = [...groups.crons, ...groups.intervals, ...groups.singles];
  const busiest = busiestMinutes({ perMinute }, asked.busiest).map((place): BusyMinute => {
    const minuteMs = asked.fromMs + place * MINUTE_MS;
    return { minuteMs, runs: perMinute[place] ?? 0, parts: partsOf(all, minuteMs, PARTS_SHOWN) };
  });
  return { jobs, perMinute, isExact, busiest };
}
