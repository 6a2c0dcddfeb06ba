import { toPattern } from './job-conditions.ts';
import type { Queryable } from './pool.ts';

// Indexes that find jobs, but not in the order of their ids. Each statement reads at most `limit` jobs, in no certain order:
// if it finds as many, there may be more, and the caller must not rely on it.

// The collation of keys compares bytes, and no byte of UTF-8 follows this character's.
const BY_KEY_PREFIX = /* sql */ `
  select id
    from jobs
   where deleted_at is null
     and key is not null
     and key >= $1
     and key < $1 || chr(1114111)
   order by key
   limit $2`;

/** Finds jobs whose key begins with the prefix. */
export async function gatherByKeyPrefix(db: Queryable, prefix: string, limit: number): Promise<number[]> {
  return idsOf(
    await db.query({ name: 'gather_by_key_prefix', text: BY_KEY_PREFIX, values: [prefix, limit] }),
  );
}

// An occurrence that was dispatched ahead is the next one. Retries are in the same index, and are passed over.
const BY_NEXT_TIME = /* sql */ `
  select job_id as id
    from (select job_id from job_schedules where next_execution_time < $2 order by next_execution_time limit $3) s
  union all
  select job_id
    from (select job_id, status
            from job_executions
           where status in ('SCHEDULED', 'RETRYING')
             and due_at >= $1
             and due_at < $2
           order by due_at
           limit $3) e
   where status = 'SCHEDULED'`;

/** Finds jobs that may have their next time before an instant. Jobs can occur twice. */
export async function gatherByNextTime(
  db: Queryable,
  { now, before }: { now: Date; before: Date },
  limit: number,
): Promise<number[]> {
  const values = [now, before, limit];
  return idsOf(await db.query({ name: 'gather_by_next_time', text: BY_NEXT_TIME, values }));
}

const WAITING = /* sql */ `
  select job_id as id
    from (select job_id, due_at, id
            from job_executions
           where status in ('SCHEDULED', 'RETRYING')
             and (due_at, id) >= ($1, 0)
           order by due_at, id
           limit $2) e`;

/** Finds jobs with an execution that is still to come. Jobs can occur twice. */
export async function gatherWaiting(db: Queryable, now: Date, limit: number): Promise<number[]> {
  return idsOf(await db.query({ name: 'gather_waiting_jobs', text: WAITING, values: [now, limit] }));
}

// The sum prevents a walk along the primary key, which could read the whole table for a rare text.
const CONTAINING = /* sql */ `
  select id
    from jobs
   where deleted_at is null
     and job_text(name, description, key, api) ilike $1
     and id + 0 > $2
     and id + 0 < $3
   limit $4`;

/** Finds jobs after `afterId`, or before it, that contain a text. */
export async function gatherContaining(
  db: Queryable,
  { text, afterId, isNewestFirst }: { text: string; afterId: number; isNewestFirst: boolean },
  limit: number,
): Promise<number[]> {
  const [above, below] = isNewestFirst ? [0, afterId] : [afterId, Number.MAX_SAFE_INTEGER];
  // The statement is not prepared under a name, so that it is planned for this text.
  return idsOf(await db.query({ text: CONTAINING, values: [toPattern(text), above, below, limit] }));
}

const idsOf = ({ rows }: { rows: { id: number }[] }): number[] => rows.map(({ id }) => id);
