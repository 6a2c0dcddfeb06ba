import {
  fillSteps,
  type JobOutcomes,
  type JobStats,
  MAX_STATS_EXECUTIONS,
  MAX_STATS_STEPS,
  statsSteps,
} from '../domain/job-stats.ts';
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
// are summed up: all together, and by steps. The step is the shortest one with which their span has no more than $6 steps.
const READ_STATS = /* sql */ `
  with latest as materialized (
    select status, execution_time, execution_duration, lateness_ms, skipped_count
      from job_executions
     where job_id = $1
       and status <> 'SCHEDULED'
       and trigger <> 'CALLBACK'
       and execution_time >= $2
       and execution_time < $3
     order by execution_time desc
     limit $4
  ), scale as (
    select coalesce(min(seconds) filter (where seconds * $6 >= extract(epoch from $3 - begins_at)), max(seconds)) as step
      from (select case when count(*) = $4 then min(execution_time) else $2 end as begins_at from latest) span,
           unnest($5::integer[]) seconds
  ), placed as (
    select latest.*, date_bin(make_interval(secs => step), execution_time, 'epoch') as step_at from latest, scale
  )
  select step_at as at,
         (select step from scale) as "stepSeconds",
         count(*) as executions,
         count(*) = $4 as "isCapped",
         min(execution_time) as "oldestAt",
         count(*) filter (where status = 'SUCCESS') as succeeded,
         count(*) filter (where status = 'FAILED') as failed,
         count(*) filter (where status = 'CANCELLED') as cancelled,
         coalesce(sum(skipped_count), 0) as skipped,
         count(*) filter (where status in ('RUNNING', 'RETRYING')) as open,
         ${QUANTILES_OF_DURATION} as "durationMs",
         ${QUANTILES_OF_LATENESS} as "latenessMs"
    from placed
   group by grouping sets ((), (step_at))
   order by grouping(step_at) desc, step_at`;

type Row = Omit<JobStats, 'points'> & { at: Date | null };

/** Sums up the latest executions of a job whose execution times are in a span, which begins at the start of a step. */
export async function readJobStats(
  db: Queryable,
  jobId: number,
  { from, until }: { from: Date; until: Date },
): Promise<JobStats> {
  const { rows } = await db.query<Row>({
    name: 'read_job_stats',
    text: READ_STATS,
    values: [jobId, from, until, MAX_STATS_EXECUTIONS, statsSteps, MAX_STATS_STEPS],
  });
  const [all, ...steps] = rows;
  if (all === undefined) throw new Error('the statistics of a job have no row');
  const { executions, isCapped, oldestAt, stepSeconds } = all;
  const points = steps.flatMap(({ at, ...step }) => (at === null ? [] : [{ at, ...outcomesOf(step) }]));
  const stats = { executions, isCapped, oldestAt, stepSeconds, ...outcomesOf(all), points };
  return { ...stats, points: fillSteps(stats, { from, until }) };
}

const outcomesOf = ({
  succeeded,
  failed,
  cancelled,
  skipped,
  open,
  durationMs,
  latenessMs,
}: JobOutcomes): JobOutcomes => ({
  succeeded,
  failed,
  cancelled,
  skipped,
  open,
  durationMs,
  latenessMs,
});
