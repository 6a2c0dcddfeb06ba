import type { ExecutionRecord } from '../domain/execution-record.ts';
import { EXECUTION_COLUMNS } from './execution-history.ts';
import type { Queryable } from './pool.ts';

// Ids are unique over all partitions, and the primary key begins with the id: one look-up in the index of each partition. The
// job is read as it is now.
const FIND_EXECUTION_RECORD = /* sql */ `
  select ${EXECUTION_COLUMNS}, put_off_count as "putOffCount", first_byte_ms as "firstByteMs", dns_ms as "dnsMs",
         connect_ms as "connectMs", tls_ms as "tlsMs", is_withdrawn as "isWithdrawn",
         withdrawn_reason as "withdrawnReason", late_dispatch_by as "lateDispatchBy", requeued_at as "requeuedAt",
         snooze_count as "snoozeCount", snoozed_ms as "snoozedMs",
         held_back_count as "heldBackCount", held_back_ms as "heldBackMs",
         case when status = 'RUNNING' then lease_expires_at end as "leaseExpiresAt",
         coalesce("isTraced", true) as "isTraced", "createdTraceparent"
    from job_executions
    left join lateral (
      select j.is_traced
             and not exists (select from json_object_keys(j.headers) name where lower(name) = 'traceparent') as "isTraced",
             j.created_traceparent as "createdTraceparent"
        from jobs j
       where j.id = job_id
       limit 1
    ) job on true
   where id = $1`;

/** Finds an execution with everything that is recorded about it, except its attempts. */
export async function findExecutionRecord(db: Queryable, id: number): Promise<ExecutionRecord | undefined> {
  const { rows } = await db.query<ExecutionRecord>({
    name: 'find_execution_record',
    text: FIND_EXECUTION_RECORD,
    values: [id],
  });
  return rows[0];
}
