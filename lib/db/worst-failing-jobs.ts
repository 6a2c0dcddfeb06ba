import { failingLimits } from '../domain/failing-jobs.ts';
import type { Total } from '../domain/total.ts';
import type { Queryable } from './pool.ts';

const MAX_FAILING = failingLimits.counted;

export type WorstFailing = {
  /** The jobs with the most failures in a row first, then in the order of their ids. Some may have succeeded since the last tick. */
  ids: number[];
  /** The number of them. */
  failing: Total;
  pausedByFailures: Total;
};

// The rows are bounded before anything is looked up for them. Only active jobs have a schedule, so the jobs that a person has paused and
// the jobs that have finished are passed over without their rows, which are spread over a large table. A job whose last occurrence is
// dispatched ahead has no schedule either, for some minutes. The statement does not mention the executions, whose partitions take
// milliseconds to plan. The planner does not know the limit, so that it keeps its plan.
const FIND_WORST_FAILING = /* sql */ `
  with walked as materialized (
    select job_id, failures_in_a_row
      from failing_jobs
     where paused_at is null
     order by failures_in_a_row desc, job_id
     limit (select $1::bigint)
  )
  select (select count(*) from walked) as walked,
         array_to_json(array(
           select w.job_id
             from walked w
            where (select true from job_schedules s where s.job_id = w.job_id)
            order by w.failures_in_a_row desc, w.job_id)) as ids,
         (select count(*)
            from (select from paused_by_failures order by job_id limit (select $1::bigint)) p) as paused`;

/** Finds the active jobs that fail most often in a row, and counts the jobs that Belfry paused for their failures. The work is bounded. */
export async function findWorstFailing(db: Queryable): Promise<WorstFailing> {
  const { rows } = await db.query<{ walked: number; ids: number[]; paused: number }>({
    name: 'find_worst_failing',
    text: FIND_WORST_FAILING,
    values: [MAX_FAILING + 1],
  });
  const { walked = 0, ids = [], paused = 0 } = rows[0] ?? {};
  return {
    ids: ids.slice(0, MAX_FAILING),
    failing: { count: Math.min(ids.length, MAX_FAILING), isCapped: walked > MAX_FAILING },
    pausedByFailures: { count: Math.min(paused, MAX_FAILING), isCapped: paused > MAX_FAILING },
  };
}
