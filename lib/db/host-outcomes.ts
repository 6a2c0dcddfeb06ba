import { type HostRequests, MAX_HOST_COUNTS } from '../domain/host-summary.ts';
import type { Queryable } from './pool.ts';

// The order prevents deadlocks of two workers.
const ADD_HOST_OUTCOMES = /* sql */ `
  insert into host_outcomes as h (starts_at, host, requests, failed, timed_out, duration_sum_ms, duration_max_ms)
  select $1, d.host, d.requests, d.failed, d.timed_out, d.duration_sum_ms, d.duration_max_ms
    from unnest($2::text[], $3::integer[], $4::integer[], $5::integer[], $6::bigint[], $7::integer[])
           d (host, requests, failed, timed_out, duration_sum_ms, duration_max_ms)
   order by d.host
      on conflict (starts_at, host) do update
     set requests = h.requests + excluded.requests,
         failed = h.failed + excluded.failed,
         timed_out = h.timed_out + excluded.timed_out,
         duration_sum_ms = h.duration_sum_ms + excluded.duration_sum_ms,
         duration_max_ms = greatest(h.duration_max_ms, excluded.duration_max_ms)`;

/** Adds requests to the counts of their hosts in a period. */
export async function addHostOutcomes(
  db: Queryable,
  startsAt: Date,
  counted: ReadonlyMap<string, HostRequests>,
): Promise<void> {
  const all = [...counted.values()];
  await db.query({
    name: 'add_host_outcomes',
    text: ADD_HOST_OUTCOMES,
    values: [
      startsAt,
      [...counted.keys()],
      all.map(({ requests }) => requests),
      all.map(({ failed }) => failed),
      all.map(({ timedOut }) => timedOut),
      all.map(({ durationSumMs }) => Math.round(durationSumMs)),
      all.map(({ durationMaxMs }) => Math.round(durationMaxMs)),
    ],
  });
}

const SUMS = /* sql */ `
  host, sum(requests) as requests, sum(failed) as failed, sum(timed_out) as "timedOut",
  sum(duration_sum_ms)::bigint as "durationSumMs", max(duration_max_ms) as "durationMaxMs"`;

// Reads each period of each host by the primary key.
const LIST_HOST_OUTCOMES = /* sql */ `
  select ${SUMS}
    from unnest($1::timestamptz[]) p (starts)
    cross join unnest($2::text[]) asked (name)
    cross join lateral (
           select * from host_outcomes where starts_at = p.starts and host = asked.name limit 1) o
   group by host`;

/** Reads the requests of hosts in some periods. */
export async function listHostOutcomes(
  db: Queryable,
  periods: readonly Date[],
  hosts: readonly string[],
): Promise<Map<string, HostRequests>> {
  const { rows } = await db.query<HostRequests & { host: string }>({
    name: 'list_host_outcomes',
    text: LIST_HOST_OUTCOMES,
    values: [periods, hosts],
  });
  return new Map(rows.map(({ host, ...requests }) => [host, requests]));
}

// Reads the primary key from its end. A deployment that calls a host of its own for each of a million jobs has 12 million rows in an
// hour.
const LIST_SLOW_HOSTS = /* sql */ `
  with compared as materialized (
    select host, requests, duration_sum_ms
      from host_outcomes
     where starts_at >= $1
     order by starts_at desc, host desc
     limit ${MAX_HOST_COUNTS + 1}
  )
  select host, (select count(*) from compared) as compared
    from compared
   group by host
   order by sum(duration_sum_ms) / sum(requests) desc, host
   limit $2`;

/** The slowest hosts. They are capped if there are more counts of requests than were compared: then the latest were. */
export type SlowHosts = { hosts: string[]; isCapped: boolean };

/** Lists the hosts whose requests took the longest on average since an instant, the slowest first. */
export async function listSlowHosts(db: Queryable, since: Date, limit: number): Promise<SlowHosts> {
  const { rows } = await db.query<{ host: string; compared: number }>({
    name: 'list_slow_hosts',
    text: LIST_SLOW_HOSTS,
    values: [since, limit],
  });
  return {
    hosts: rows.map(({ host }) => host),
    isCapped: (rows[0]?.compared ?? 0) > MAX_HOST_COUNTS,
  };
}

const DROP_OLD_HOST_OUTCOMES = /* sql */ `
  delete from host_outcomes
   where ctid = any (array(
           select ctid from host_outcomes where starts_at < $1 order by starts_at limit (select $2::integer)))`;

/** Deletes requests before an instant. Returns the number of deleted rows, at most `limit`. */
export async function dropOldHostOutcomes(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'drop_old_host_outcomes',
    text: DROP_OLD_HOST_OUTCOMES,
    values: [before, limit],
  });
  return rowCount ?? 0;
}
