import type { JobStats } from '../domain/job-stats.ts';
import { MAX_STATS_EXECUTIONS } from '../domain/job-stats.ts';
import type { Queryable } from './pool.ts';

const QUANTILES_OF_DURATION = /* sql */ `
  case when count(execution_duration) > 0 then json_build_object(
    'p50', percentile_disc(0.5) within group (order by execution_duration),
    'p99', percentile_disc(0.99) within group (order by execution_duration),
    'max', max(execution_duration)) end`;
const QUANTILES_OF_LATENESS = /* sql */ `
  case when count(lateness_ms) > 0 then json_build_object(
    'p50', percentile_disc(0.5) within group (order by lateness_ms),
    'p99', percentile_disc(0.99) within group (order by lateness_ms),
    'max', max(lateness_ms)) end`;

// Reads the index that makes an occurrence unique, from its end, as the history does. The executions are bounded before they
// are summed up.
const READ_STATS = /* sql */ `
  with latest as materialized (
    select status, execution_time, execution_duration, lateness_ms
      from job_executions
     where job_id = $1
       and status <> 'SCHEDULED'
       and trigger <> 'CALLBACK'
       and execution_time >= $2
       and execution_time < $3
     order by execution_time desc
     limit $4
  )
  select count(*) as executions,
         count(*) = $4 as "isCapped",
         min(execution_time) as "oldestAt",
         count(*) filter (where status = 'SUCCESS') as succeeded,
         count(*) filter (where status = 'FAILED') as failed,
         count(*) filter (where status = 'CANCELLED') as cancelled,
         count(*) filter (where status in ('RUNNING', 'RETRYING')) as open,
         ${QUANTILES_OF_DURATION} as "durationMs",
         ${QUANTILES_OF_LATENESS} as "latenessMs"
    from latest`;

/** Sums up the latest executions of a job whose execution times are in a span. */
export async function readJobStats(
  db: Queryable,
  jobId: number,
  { from, until }: { from: Date; until: Date },
): Promise<JobStats> {
  const { rows } = await db.query<JobStats>({
    name: 'read_job_stats',
    text: READ_STATS,
    values: [jobId, from, until, MAX_STATS_EXECUTIONS],
  });
  const [stats] = rows;
  if (stats === undefined) throw new Error('the statistics of a job have no row');
  return stats;
}
