import type { JobExecution } from '../domain/execution.ts';
import { COUNT_OUTCOMES } from './count-outcomes.ts';
import { boundsOf } from './execution-bounds.ts';
import { EXECUTION_COLUMNS } from './execution-history.ts';
import type { Queryable } from './pool.ts';

/** The error message of an execution that a caller cancelled. */
export const CANCELLED_BY_CALLER = 'cancelled by a caller';

// One statement decides by the state of the locked row. If a worker is claiming the execution or recording its outcome at
// the same time, this statement waits and uses the new state. A running attempt keeps its claim, so that its worker can
// record how it ended; `recordOutcomes` and `freeExpiredClaims` see the mark.
const CANCEL_EXECUTIONS = /* sql */ `
  with changed as (
    update job_executions e
       set status = case when e.status = 'RUNNING' then e.status else 'CANCELLED' end,
           is_withdrawn = e.is_withdrawn or e.status = 'RUNNING',
           cancel_requested_at = $4,
           error_message = case
             when e.status = 'RUNNING' then e.error_message
             else concat_ws('; last attempt: ', '${CANCELLED_BY_CALLER}', e.error_message)
           end,
           reason = case when e.status = 'RUNNING' then e.reason else 'CANCELLED_BY_CALLER' end,
           finished_at = case when e.status = 'RUNNING' then e.finished_at else $4 end,
           updated_at = $4
     where e.id = any($1::bigint[])
       and e.execution_time >= $2
       and e.execution_time < $3
       and (e.status in ('SCHEDULED', 'RETRYING') or (e.status = 'RUNNING' and e.cancel_requested_at is null))
    returning e.*
  ), outcomes as (
    select $4::timestamptz as ended_at, j.job_group, c.status, null::integer as duration_ms,
           null::integer as lateness_ms
      from changed c
      left join jobs j on j.id = c.job_id
     where c.status = 'CANCELLED'
  ), counted as (${COUNT_OUTCOMES}
  )
  select ${EXECUTION_COLUMNS}
    from changed`;

/**
 * Cancels executions that have not ended, and returns them. A waiting execution is CANCELLED now. A running one is marked: it
 * is CANCELLED when its attempt ends, unless the attempt succeeds, and is not retried. One that was marked before is left out.
 */
export async function cancelExecutions(
  db: Queryable,
  executions: readonly { id: number; executionTime: Date }[],
  now: Date,
): Promise<JobExecution[]> {
  if (executions.length === 0) return [];
  const { from, to } = boundsOf(executions);
  const { rows } = await db.query<JobExecution>({
    name: 'cancel_executions',
    text: CANCEL_EXECUTIONS,
    values: [executions.map(({ id }) => id), from, to, now],
  });
  return rows;
}
