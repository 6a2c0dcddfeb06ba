import type { Delays } from '../domain/delays.ts';
import { boundsOf } from './execution-bounds.ts';
import type { Queryable } from './pool.ts';

/** Records what the payload `d.delays` has counted on the execution `e`. The counts begin with the counts of the row. */
export const SET_DELAYS = /* sql */ `
           snooze_count = coalesce((d.delays ->> 'snoozes')::integer, e.snooze_count),
           snoozed_ms = coalesce((d.delays ->> 'snoozedMs')::bigint, e.snoozed_ms),
           held_back_count = coalesce((d.delays ->> 'pauses')::integer, e.held_back_count),
           held_back_ms = coalesce((d.delays ->> 'pausedMs')::bigint, e.held_back_ms),
           requeued_at = coalesce(
             to_timestamp((d.delays ->> 'requeuedAtMs')::double precision / 1000), e.requeued_at)`;

// The status is no constant, so that no index of cancelled executions serves this: where few were cancelled at the last analysis, the plan
// could read all of them.
const RECORD_DELAYS = /* sql */ `
  update job_executions e
     set ${SET_DELAYS}
    from unnest($1::bigint[], $4::json[]) d (id, delays)
   where e.id = d.id
     and e.id = any($1::bigint[])
     and e.execution_time >= $2
     and e.execution_time < $3
     and e.status = (select 'CANCELLED')`;

/** Records what the payloads of cancelled executions have counted. */
export async function recordDelays(
  db: Queryable,
  executions: readonly { id: number; executionTime: Date; delays: Delays }[],
): Promise<void> {
  if (executions.length === 0) return;
  const { from, to } = boundsOf(executions);
  await db.query({
    name: 'record_delays',
    text: RECORD_DELAYS,
    values: [
      executions.map(({ id }) => id),
      from,
      to,
      executions.map(({ delays }) => JSON.stringify(delays)),
    ],
  });
}
