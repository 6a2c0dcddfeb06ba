import type { AuditRule } from '../../../lib/audit/rule.ts';
import type { AskedJob, AskedRun } from '../journal/types.ts';
import { foundBy } from './found-by.ts';
import { IS_CLAIM } from './log-rules.ts';

/** How far the API's clock and the harness's may differ. */
const CLOCK_TOLERANCE = /* sql */ `interval '250 ms'`;

// The first claim of an execution that was due by the acknowledgement may follow it. A claim comes at most 50 ms before the execution is
// due, and a claim and a stop of one execution wait for each other at its row. A paused job may be run by hand, and such a run is retried.
const CLAIMS_AFTER_STOPS = /* sql */ `
  with stop as (
    select * from jsonb_to_recordset($1::jsonb) as s (id bigint, kind text, "at" timestamptz)
  ), claim as (
    select t.*, row_number() over (partition by t.execution_id order by t.seq) as number
      from chaos.transitions t
     where ${IS_CLAIM}
       and t.job_id in (select id from stop)
  )
  select t.job_id as "jobId", t.execution_id as "executionId",
         format('it was claimed at %s by %s, and the %s was acknowledged at %s',
                iso_instant(t.logged_at), t.environment, stop.kind, iso_instant(stop.at)) as detail
    from stop
    join claim t on t.job_id = stop.id
    join job_executions e on e.id = t.execution_id and e.execution_time = t.execution_time
   where t.logged_at > stop.at
     and (stop.kind = 'delete' or e.trigger = 'SCHEDULE')
     and not (t.number = 1 and t.execution_time <= stop.at + ${CLOCK_TOLERANCE})
   order by t.seq`;

const CLAIMS_AFTER_CANCELLATIONS = /* sql */ `
  with cancelled as (
    select * from jsonb_to_recordset($1::jsonb) as c (id bigint, "at" timestamptz)
  )
  select e.job_id as "jobId", e.id as "executionId",
         case
           when t.seq is null then format('it is %s, and was cancelled', e.status)
           else format('it was claimed at %s by %s, and cancelled at %s', iso_instant(t.logged_at), t.environment, iso_instant(c.at))
         end as detail
    from cancelled c
    join job_executions e on e.id = c.id
    left join chaos.transitions t on t.execution_id = e.id and ${IS_CLAIM} and t.logged_at > c.at + ${CLOCK_TOLERANCE}
   where t.seq is not null
      or e.status not in ('CANCELLED', 'SUCCESS')
   order by t.seq`;

/** Returns the rules about claims after a pause, a deletion or a cancellation that the API has acknowledged. */
export function stopRules({
  jobs,
  runs,
}: {
  jobs: readonly AskedJob[];
  runs: readonly AskedRun[];
}): AuditRule[] {
  const stops = jobs.flatMap(({ answer, stop }) =>
    answer.kind === 'acknowledged' && stop?.ackMs !== undefined && stop.kind !== 'change'
      ? [{ id: answer.id, kind: stop.kind, at: new Date(stop.ackMs) }]
      : [],
  );
  const cancellations = runs.flatMap(({ answer, cancel }) =>
    answer.kind === 'acknowledged' && cancel?.ackMs !== undefined
      ? [{ id: answer.id, at: new Date(cancel.ackMs) }]
      : [],
  );
  return [
    foundBy(
      {
        name: 'no-claims-after-stops',
        promise:
          'no claim follows the pause or the deletion of a job, except the first claim of an execution that was due before',
      },
      CLAIMS_AFTER_STOPS,
      [JSON.stringify(stops)],
    ),
    foundBy(
      {
        name: 'no-claims-after-cancellations',
        promise: 'no claim follows an acknowledged cancellation, and no cancelled execution ends FAILED',
      },
      CLAIMS_AFTER_CANCELLATIONS,
      [JSON.stringify(cancellations)],
    ),
  ];
}
