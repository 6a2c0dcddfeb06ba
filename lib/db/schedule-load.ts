import type { Queryable } from './pool.ts';

/** Active recurring jobs with the same schedule and time zone. */
export type ScheduleCount = { schedule: string; timeZone: string; jobs: number };

/** Active jobs with the same interval that are next due in the same second. `jobId` is one of them. */
export type IntervalCount = { schedule: string; nextSecond: number; jobs: number; jobId: number };

/** Active jobs that run once, in the same minute since the epoch. `jobId` is one of them. */
export type SingleCount = { minute: number; jobs: number; jobId: number };

// Reads only the index `jobs_by_schedule`, in its order. The most frequent schedules come first, so that a limit leaves out few
// jobs.
const COUNT_SCHEDULES = /* sql */ `
  select schedule collate "C" as schedule, time_zone collate "C" as "timeZone", count(*)::integer as jobs
    from jobs
   where is_active
     and deleted_at is null
     and is_recurring
   group by schedule collate "C", time_zone collate "C"
   order by jobs desc
   limit $1`;

export async function countSchedules(db: Queryable, limit: number): Promise<ScheduleCount[]> {
  const { rows } = await db.query<ScheduleCount>({
    name: 'count_schedules',
    text: COUNT_SCHEDULES,
    values: [limit],
  });
  return rows;
}

/**
 * The predicate of the index `jobs_with_own_times`, as one condition, so that a scan of the index does not compare each schedule again.
 * With `is_recurring`, it leaves the intervals.
 */
const HAS_OWN_TIMES = /* sql */ `(not j.is_recurring or j.schedule ~* '^(@every |rate\\s*\\()')`;

const COUNT_INTERVALS = /* sql */ `
  select j.schedule, floor(extract(epoch from s.next_execution_time))::bigint as "nextSecond",
         count(*)::integer as jobs, min(j.id) as "jobId"
    from jobs j
    join job_schedules s on s.job_id = j.id
   where j.is_active
     and j.deleted_at is null
     and j.is_recurring
     and ${HAS_OWN_TIMES}
   group by 1, 2
   order by jobs desc
   limit $1`;

export async function countIntervals(db: Queryable, limit: number): Promise<IntervalCount[]> {
  const { rows } = await db.query<IntervalCount>({
    name: 'count_intervals',
    text: COUNT_INTERVALS,
    values: [limit],
  });
  return rows;
}

const COUNT_SINGLES = /* sql */ `
  select floor(extract(epoch from s.next_execution_time) / 60)::bigint as minute, count(*)::integer as jobs, min(j.id) as "jobId"
    from jobs j
    join job_schedules s on s.job_id = j.id
   where j.is_active
     and j.deleted_at is null
     and not j.is_recurring
     and s.next_execution_time >= $1
     and s.next_execution_time < $2
   group by 1`;

/** Counts the jobs that run once in a window, by minute. */
export async function countSingles(
  db: Queryable,
  { from, until }: { from: Date; until: Date },
): Promise<SingleCount[]> {
  const { rows } = await db.query<SingleCount>({
    name: 'count_singles',
    text: COUNT_SINGLES,
    values: [from, until],
  });
  return rows;
}

export type LoadingJob = {
  id: number;
  schedule: string;
  timeZone: string;
  isRecurring: boolean;
  nextExecutionTime: Date | null;
};

const FIND_LOADING_JOBS = /* sql */ `
  select j.id, j.schedule, j.time_zone as "timeZone", j.is_recurring as "isRecurring",
         s.next_execution_time as "nextExecutionTime"
    from jobs j
    left join job_schedules s on s.job_id = j.id
   where j.id = any($1::bigint[])
     and j.is_active
     and j.deleted_at is null
   order by j.id`;

/** Finds the given jobs that are active. */
export async function findLoadingJobs(db: Queryable, ids: readonly number[]): Promise<LoadingJob[]> {
  const { rows } = await db.query<LoadingJob>({
    name: 'find_loading_jobs',
    text: FIND_LOADING_JOBS,
    values: [ids],
  });
  return rows;
}

const LIST_JOBS_OF_SCHEDULES = /* sql */ `
  select g.place::integer - 1 as place, j.id
    from unnest($1::text[], $2::text[]) with ordinality g (schedule, time_zone, place)
    cross join lateral (
           select id
             from jobs
            where schedule collate "C" = g.schedule
              and time_zone collate "C" = g.time_zone
              and is_recurring
              and is_active
              and deleted_at is null
            limit $3
         ) j
   order by 1, 2`;

/** Lists some active jobs of each schedule, up to `limit` each. */
export async function listJobsOfSchedules(
  db: Queryable,
  schedules: readonly Pick<ScheduleCount, 'schedule' | 'timeZone'>[],
  limit: number,
): Promise<number[][]> {
  const ids: number[][] = schedules.map(() => []);
  if (schedules.length === 0) return ids;
  const { rows } = await db.query<{ place: number; id: number }>({
    name: 'list_jobs_of_schedules',
    text: LIST_JOBS_OF_SCHEDULES,
    values: [schedules.map(({ schedule }) => schedule), schedules.map(({ timeZone }) => timeZone), limit],
  });
  for (const { place, id } of rows) ids[place]?.push(id);
  return ids;
}
