import { boundsOf } from './execution-bounds.ts';
import type { Queryable } from './pool.ts';

// The execution `d` is the repeated one. The index of job, status and execution time leads to the few open executions of its job. A
// repetition can have an earlier time than a future occurrence that was cancelled, so the search begins a day before. A report names the
// execution that it reports in the same column: it repeats only another report.
const AN_OPEN_REPETITION = /* sql */ `
  select r.id
    from job_executions r
   where r.job_id = d.job_id
     and r.status in ('SCHEDULED', 'RUNNING', 'RETRYING')
     and r.execution_time > d.time - interval '1 day'
     and r.origin_id = d.id
     and (r.trigger = 'REDRIVE'
          or (select o.trigger
                from job_executions o
               where o.id = d.id
                 and o.execution_time >= d.time
                 and o.execution_time < d.time + interval '1 ms'
               limit 1) = 'CALLBACK')
   limit 1`;

/** A condition on the last failure `f` of a job in its group: no open execution repeats it. */
export const IS_NOT_BEING_REPEATED = /* sql */ `
  (select r.id
     from (select f.last_execution_id, f.job_id, f.last_execution_time) d (id, job_id, time)
    cross join lateral (${AN_OPEN_REPETITION}) r) is null`;

const LOCK_ENDED = /* sql */ `
  select from job_executions
   where id = any($1::bigint[])
     and execution_time >= $2
     and execution_time < $3
   order by id
     for no key update`;

const FIND_OPEN_REPETITIONS = /* sql */ `
  select d.id as "originId", r.id
    from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) d (id, job_id, time)
   cross join lateral (${AN_OPEN_REPETITION}) r`;

/**
 * Locks executions that have ended, and finds open executions that repeat them. All callers that repeat an execution wait for each
 * other here, until the transaction ends: so each sees the repetition that another one has made.
 *
 * @returns the ids of open repetitions, by the ids of the repeated executions.
 */
export async function lockToRepeat(
  tx: Queryable,
  executions: readonly { id: number; jobId: number; executionTime: Date }[],
): Promise<Map<number, number>> {
  if (executions.length === 0) return new Map();
  const ids = executions.map(({ id }) => id);
  const { from, to } = boundsOf(executions);
  await tx.query({ name: 'lock_to_repeat', text: LOCK_ENDED, values: [ids, from, to] });
  const { rows } = await tx.query<{ originId: number; id: number }>({
    name: 'find_open_repetitions',
    text: FIND_OPEN_REPETITIONS,
    values: [ids, executions.map(({ jobId }) => jobId), executions.map(({ executionTime }) => executionTime)],
  });
  return new Map(rows.map(({ originId, id }) => [originId, id]));
}
