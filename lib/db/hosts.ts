import { toJobTotal } from '../domain/group-summary.ts';
import { type LiveExecutions, MAX_JOBS_OF_HOST, MAX_LIVE_READ } from '../domain/host-summary.ts';
import type { Total } from '../domain/total.ts';
import type { Queryable } from './pool.ts';

// Finds each host by one probe of the index, as the names of groups are found.
const LIST_HOSTS = /* sql */ `
  with recursive hosts as (
    (select job_host(api) as host, 1 as place
       from jobs
      where deleted_at is null
        and job_host(api) > $1
      order by job_host(api)
      limit 1)
    union all
    select n.host, p.place + 1
      from hosts p
      cross join lateral (
             select job_host(api) as host
               from jobs
              where deleted_at is null
                and job_host(api) > p.host
              order by job_host(api)
              limit 1) n
     where p.place < $2
  )
  select host from hosts order by place`;

/** Lists the hosts of jobs, in order, beginning after a host. */
export async function listHosts(
  db: Queryable,
  { afterHost, limit }: { afterHost: string; limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ host: string }>({
    name: 'list_hosts',
    text: LIST_HOSTS,
    values: [afterHost, limit],
  });
  return rows.map(({ host }) => host);
}

// Without an order, a plan read all jobs of a host by a bitmap: 450 ms for 50 hosts of 5,000 jobs. An order by the host would compute the
// host of each row (22 instead of 2.4 ms). The planner must not know the limit: where it expects few jobs, it could sort all of them.
const COUNT_JOBS_OF_HOSTS = /* sql */ `
  select h.host, c.count as jobs
    from unnest($1::text[]) h (host)
    cross join lateral (
           select count(*) as count
             from (select from jobs where deleted_at is null and job_host(api) = h.host
                    order by id
                    limit (select ${MAX_JOBS_OF_HOST + 1})) j) c`;

/** Counts the jobs of hosts, up to a maximum for each. */
export async function countJobsOfHosts(db: Queryable, hosts: readonly string[]): Promise<Map<string, Total>> {
  const { rows } = await db.query<{ host: string; jobs: number }>({
    name: 'count_jobs_of_hosts',
    text: COUNT_JOBS_OF_HOSTS,
    values: [hosts],
  });
  return new Map(rows.map(({ host, jobs }) => [host, toJobTotal(jobs, MAX_JOBS_OF_HOST)]));
}

/** Executions by host. They are capped if there are more than were read. */
export type LiveByHost = { byHost: Map<string, LiveExecutions>; isCapped: boolean };

/** Rows without a host count for the cap alone. */
type LiveRow = LiveExecutions & { host: string | null };

// Counts executions by the host of their job. The regular expression of `job_host` takes 10 µs, so they are counted by the beginning
// of the URL first, up to the end of the host and the port. Reports go to other hosts than their jobs, so they are counted without
// a host.
const COUNT_BY_HOST = /* sql */ `
  select case when not is_report then job_host(origin) end as host, sum(count)::bigint as count, min(since) as since`;
const OF_EACH_ORIGIN = /* sql */ `
  select e.trigger = 'CALLBACK' as is_report, j.origin, count(*) as count, min(e.since) as since`;
const ORIGIN_OF_JOB = /* sql */ `
  select split_part(api, '/', 1) || '//' || split_part(api, '/', 3) as origin from jobs where id = e.job_id limit 1`;

// The order makes the plan use the index of leases. The planner must not know the limit, as for the waiting executions that a tick
// lists: it would expect few rows of a young partition, and sort them all.
const LIST_RUNNING = /* sql */ `
  ${COUNT_BY_HOST}
    from (${OF_EACH_ORIGIN}
            from (select job_id, trigger, started_at as since
                    from job_executions
                   where status = 'RUNNING'
                   order by lease_expires_at
                   limit (select ${MAX_LIVE_READ + 1})) e
            cross join lateral (${ORIGIN_OF_JOB}) j
           group by 1, 2) o
   group by 1`;

/** Counts the executions that workers have claimed, by the host of their job. */
export async function listRunningByHost(db: Queryable): Promise<LiveByHost> {
  const { rows } = await db.query<LiveRow>({ name: 'list_running_by_host', text: LIST_RUNNING });
  return toLive(rows);
}

const LIST_LATE = /* sql */ `
  ${COUNT_BY_HOST}
    from (${OF_EACH_ORIGIN}
            from (select job_id, trigger, due_at as since
                    from job_executions
                   where status in ('SCHEDULED', 'RETRYING')
                     and due_at <= $1
                   order by due_at
                   limit (select ${MAX_LIVE_READ + 1})) e
            cross join lateral (${ORIGIN_OF_JOB}) j
           group by 1, 2) o
   group by 1`;

/** Counts the executions that were due by an instant and are not claimed, the oldest first, by the host of their job. */
export async function listLateByHost(db: Queryable, dueBy: Date): Promise<LiveByHost> {
  const { rows } = await db.query<LiveRow>({ name: 'list_late_by_host', text: LIST_LATE, values: [dueBy] });
  return toLive(rows);
}

function toLive(rows: readonly LiveRow[]): LiveByHost {
  const all = rows.reduce((sum, { count }) => sum + count, 0);
  return {
    byHost: new Map(
      rows.flatMap(({ host, ...live }): [string, LiveExecutions][] => (host === null ? [] : [[host, live]])),
    ),
    isCapped: all > MAX_LIVE_READ,
  };
}
