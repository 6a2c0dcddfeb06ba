import { MAX_JOBS_COUNTED, toJobTotal } from '../domain/group-summary.ts';
import type { Total } from '../domain/total.ts';
import type { Queryable } from './pool.ts';

// Finds each name by one probe of the index: the next one after the last. A million jobs of one group cost one probe.
const LIST_GROUPS = /* sql */ `
  with recursive names as (
    (select job_group as name, 1 as place
       from jobs
      where deleted_at is null
        and job_group > $1
      order by job_group
      limit 1)
    union all
    select n.name, p.place + 1
      from names p
      cross join lateral (
             select job_group as name
               from jobs
              where deleted_at is null
                and job_group > p.name
              order by job_group
              limit 1) n
     where p.place < $2
  )
  select name from names order by place`;

/** Lists the names of groups with jobs, in order, beginning after a name. */
export async function listGroupNames(
  db: Queryable,
  { afterName, limit }: { afterName: string; limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>({
    name: 'list_group_names',
    text: LIST_GROUPS,
    values: [afterName, limit],
  });
  return rows.map(({ name }) => name);
}

export type GroupJobs = { group: string; jobs: Total; paused: Total };

// Each count ends at its limit, and reads an index only.
const COUNT_JOBS_OF_GROUPS = /* sql */ `
  select g.name as "group", a.count as jobs, p.count as paused
    from unnest($1::text[]) g (name)
    cross join lateral (
           select count(*) as count
             from (select from jobs where deleted_at is null and job_group = g.name
                    limit ${MAX_JOBS_COUNTED + 1}) j) a
    cross join lateral (
           select count(*) as count
             from (select from jobs where deleted_at is null and not is_active and job_group = g.name
                    limit ${MAX_JOBS_COUNTED + 1}) j) p`;

/** Counts the jobs of groups, up to a maximum for each. */
export async function countJobsOfGroups(
  db: Queryable,
  groups: readonly string[],
): Promise<Map<string, GroupJobs>> {
  const { rows } = await db.query<{ group: string; jobs: number; paused: number }>({
    name: 'count_jobs_of_groups',
    text: COUNT_JOBS_OF_GROUPS,
    values: [groups],
  });
  return new Map(
    rows.map(({ group, jobs, paused }) => [
      group,
      {
        group,
        jobs: toJobTotal(jobs, MAX_JOBS_COUNTED),
        paused: toJobTotal(paused, MAX_JOBS_COUNTED),
      },
    ]),
  );
}
