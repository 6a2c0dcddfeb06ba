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
  /** The groups behind the runs, by the minute of the day. Undefined if they are not kept. */
  groups: readonly StoredList[] | undefined;
};

/** Groups of jobs, as JSON of `StoredGroup`. `isCut` is true if there are others with fewer runs. */
export type StoredList = { groups: readonly string[]; isCut: boolean };

/** The number of jobs, their schedule and time zone; for intervals and jobs that run once one of their times in seconds, and one of them. */
export type StoredGroup =
  | readonly [jobs: number, schedule: string, timeZone: string]
  | readonly [jobs: number, schedule: string | null, timeZone: null, second: number, jobId: number];

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

// The lists are lines of one text: the driver takes ten times as long to write an array. A list that has not changed is not written.
const KEEP_UPCOMING_LOAD = /* sql */ `
  with kept as (
    update upcoming_load
       set counted_at = $1, starts_at = $2, ends_at = $3, jobs = $4, recurring_jobs = $5, is_exact = $6,
           per_minute = $7::integer[], single_per_minute = $8::integer[],
           groups_counted_at = case when $9::text is not null then $1 end
     where tried_at = $1
    returning counted_at
  )
  insert into upcoming_groups (minute_of_day, list)
  select lists.place - 1, lists.list::json
    from kept, string_to_table($9, chr(10)) with ordinality lists (list, place)
  on conflict (minute_of_day) do update
     set list = excluded.list
   where upcoming_groups.list::text <> excluded.list::text`;

/** Replaces the kept load, unless another tick has claimed a count after the one that began at `countedAt`. */
export async function keepUpcomingLoad(db: Queryable, load: UpcomingLoad): Promise<void> {
  const { countedAt, startsAt, endsAt, jobs, recurringJobs, isExact, perMinute, singlePerMinute, groups } =
    load;
  const [all, singles] = [perMinute, singlePerMinute].map((counts) => `{${counts.join(',')}}`);
  const lists = groups?.map((list) => `{"isCut":${list.isCut},"groups":[${list.groups.join(',')}]}`);
  await db.query({
    name: 'keep_upcoming_load',
    text: KEEP_UPCOMING_LOAD,
    values: [countedAt, startsAt, endsAt, jobs, recurringJobs, isExact, all, singles, lists?.join('\n')],
  });
}

export type KeptLoad = {
  countedAt: Date;
  jobs: number;
  isExact: boolean;
  perMinute: number[];
  /** Whether the groups of this count are kept, too. */
  hasGroups: boolean;
};

// JSON, because the driver's parser of arrays takes ten times as long.
const FIND_UPCOMING_LOAD = /* sql */ `
  select counted_at as "countedAt", is_exact as "isExact",
         coalesce(groups_counted_at = counted_at, false) as "hasGroups",
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

// A tick may have replaced the groups since the runs were read.
const LIST_UPCOMING_GROUPS = /* sql */ `
  select minute_of_day as place, list
    from upcoming_groups
   where minute_of_day = any($1::smallint[])
     and exists (select from upcoming_load where counted_at = $2 and groups_counted_at = $2)`;

export type KeptList = { place: number; list: { groups: StoredGroup[]; isCut: boolean } };

/** Lists the groups at some places. The result is empty if they do not belong to the count that began at `countedAt`. */
export async function listUpcomingGroups(
  db: Queryable,
  { places, countedAt }: { places: readonly number[]; countedAt: Date },
): Promise<KeptList[]> {
  const { rows } = await db.query<KeptList>({
    name: 'list_upcoming_groups',
    text: LIST_UPCOMING_GROUPS,
    values: [places, countedAt],
  });
  return rows;
}
