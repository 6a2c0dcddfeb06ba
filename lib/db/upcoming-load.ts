import type { Queryable } from './pool.ts';

/** The runs of all active jobs in each minute of a window, counted at an instant. */
export type UpcomingLoad = {
  countedAt: Date;
  startsAt: Date;
  endsAt: Date;
  jobs: number;
  recurringJobs: number;
  isExact: boolean;
  perMinute: readonly number[];
  /** The runs of jobs that run once, which are in `perMinute` too. */
  singlePerMinute: readonly number[];
};

// The lock of the row lets one of several ticks count. A time after `$3` comes from a wrong clock.
const CLAIM_LOAD_COUNT = /* sql */ `
  update upcoming_load
     set tried_at = $1
   where tried_at < $2
      or tried_at > $3`;

/** Tells whether it is time to count again, and then keeps others from it until `everyMs` have passed. */
export async function claimLoadCount(db: Queryable, now: Date, everyMs: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'claim_load_count',
    text: CLAIM_LOAD_COUNT,
    values: [now, new Date(now.getTime() - everyMs), new Date(now.getTime() + everyMs)],
  });
  return rowCount === 1;
}

const KEEP_UPCOMING_LOAD = /* sql */ `
  update upcoming_load
     set counted_at = $1, starts_at = $2, ends_at = $3, jobs = $4, recurring_jobs = $5, is_exact = $6,
         per_minute = $7::integer[], single_per_minute = $8::integer[]
   where tried_at = $1`;

/** Replaces the kept load, unless another tick has claimed a count after the one that began at `countedAt`. */
export async function keepUpcomingLoad(db: Queryable, load: UpcomingLoad): Promise<void> {
  const { countedAt, startsAt, endsAt, jobs, recurringJobs, isExact, perMinute, singlePerMinute } = load;
  // The driver takes ten times as long to write an array of numbers as text.
  const [all, singles] = [perMinute, singlePerMinute].map((counts) => `{${counts.join(',')}}`);
  await db.query({
    name: 'keep_upcoming_load',
    text: KEEP_UPCOMING_LOAD,
    values: [countedAt, startsAt, endsAt, jobs, recurringJobs, isExact, all, singles],
  });
}

export type KeptLoad = { countedAt: Date; jobs: number; isExact: boolean; perMinute: number[] };

// JSON, because the driver's parser of arrays takes ten times as long.
const FIND_UPCOMING_LOAD = /* sql */ `
  select counted_at as "countedAt", is_exact as "isExact",
         recurring_jobs + (select coalesce(sum(jobs), 0)::integer from unnest(single_per_minute[first:last]) jobs) as jobs,
         array_to_json(per_minute[first:last]) as "perMinute"
    from upcoming_load,
         lateral (select (extract(epoch from $1 - starts_at) / 60)::integer + 1 as first,
                         (extract(epoch from $2 - starts_at) / 60)::integer as last) places
   where counted_at between $3 and $4
     and starts_at <= $1
     and ends_at >= $2
     and jobs >= $5`;

/** Finds the kept load of a window of whole minutes, if it was counted in a span and has at least some jobs. */
export async function findUpcomingLoad(
  db: Queryable,
  asked: { from: Date; until: Date; countedFrom: Date; countedUntil: Date; minJobs: number },
): Promise<KeptLoad | undefined> {
  const { rows } = await db.query<KeptLoad>({
    name: 'find_upcoming_load',
    text: FIND_UPCOMING_LOAD,
    values: [asked.from, asked.until, asked.countedFrom, asked.countedUntil, asked.minJobs],
  });
  return rows[0];
}
