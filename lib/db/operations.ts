import type { NewOperation, Operation, OperationFailure, Progress, Redrive } from '../domain/operation.ts';
import { readFilter, storedFilter } from './stored-filter.ts';
import type { By } from '../domain/audit-log.ts';
import type { Queryable } from './pool.ts';

const COLUMNS = /* sql */ `
  id, action, filter, jsonb_build_object('add', parameters -> 'add', 'remove', parameters -> 'remove') as tags,
  parameters ->> 'group' as "group", parameters -> 'spread' as spread, parameters -> 'redrive' as redrive,
  made_by as by, state, rate_per_second as "ratePerSecond",
  jsonb_build_object('count', matched, 'isCapped', is_matched_capped) as matched,
  done, skipped, failed, failures, created_at as "createdAt", updated_at as "updatedAt", finished_at as "finishedAt"`;

/** Reads a row. */
const read = <Row extends Operation>(row: Row): Row => ({ ...row, filter: readFilter(row.filter) });

const INSERT_OPERATION = /* sql */ `
  insert into operations (action, filter, parameters, made_by, state, rate_per_second, max_job_id, after_job_id,
                          paced_until, matched, is_matched_capped, created_at, updated_at)
  values ($1, $2, $3, $4, 'RUNNING', $5, $6, 0, $9, $7, $8, $9, $9)
  returning ${COLUMNS}`;

export async function insertOperation(
  tx: Queryable,
  operation: NewOperation & {
    by: By;
    matched: Operation['matched'];
    maxJobId: number;
    redrive?: Redrive;
  },
  now: Date,
): Promise<Operation> {
  const { action, filter, tags, group, spread, by, ratePerSecond, maxJobId, matched, redrive } = operation;
  const { rows } = await tx.query<Operation>(INSERT_OPERATION, [
    action,
    JSON.stringify(storedFilter(filter)),
    JSON.stringify({ ...tags, group, spread, redrive }),
    JSON.stringify(by),
    ratePerSecond,
    maxJobId,
    matched.count,
    matched.isCapped,
    now,
  ]);
  const [stored] = rows.map(read);
  if (stored === undefined) throw new Error('an operation was stored and did not come back');
  return stored;
}

const FIND_OPERATION = /* sql */ `select ${COLUMNS} from operations where id = $1`;

export async function findOperation(db: Queryable, id: number): Promise<Operation | undefined> {
  const { rows } = await db.query<Operation>({ name: 'find_operation', text: FIND_OPERATION, values: [id] });
  return rows.map(read)[0];
}

const LIST_OPERATIONS = /* sql */ `
  select ${COLUMNS} from operations where id < $2 order by id desc limit $1`;

/** Lists operations, the latest first. */
export async function listOperations(
  db: Queryable,
  { limit, beforeId }: { limit: number; beforeId: number | undefined },
): Promise<Operation[]> {
  const { rows } = await db.query<Operation>({
    name: 'list_operations',
    text: LIST_OPERATIONS,
    values: [limit, beforeId ?? Number.MAX_SAFE_INTEGER],
  });
  return rows.map(read);
}

// Skips an operation that another tick, or the API, is running.
const LOCK_RUNNABLE = /* sql */ `
  select ${COLUMNS}, after_job_id as "afterJobId", max_job_id as "maxJobId", paced_until as "pacedUntil"
    from operations
   where state = 'RUNNING'
     and paced_until <= $1
     and ($2::bigint is null or id = $2)
   order by paced_until
   limit 1
     for update skip locked`;

/**
 * Locks an operation that may continue, until the end of the transaction. Returns undefined if there is none.
 *
 * @param pacedBy only operations whose rate has allowed everything they did by this instant.
 */
export async function lockRunnableOperation(
  tx: Queryable,
  { pacedBy, id }: { pacedBy: Date; id?: number | undefined },
): Promise<(Operation & Progress) | undefined> {
  const { rows } = await tx.query<Operation & Progress>({
    name: 'lock_runnable_operation',
    text: LOCK_RUNNABLE,
    values: [pacedBy, id ?? null],
  });
  return rows.map(read)[0];
}

const SAVE_PROGRESS = /* sql */ `
  update operations
     set after_job_id = $2,
         paced_until = $3,
         done = done + $4,
         skipped = skipped + $5,
         failed = failed + $6,
         failures = $7,
         state = case when $8 then 'DONE' else state end,
         finished_at = case when $8 then $9::timestamptz end,
         updated_at = $9
   where id = $1`;

export type Step = {
  afterJobId: number;
  pacedUntil: Date;
  done: number;
  skipped: number;
  failed: number;
  failures: readonly OperationFailure[];
  isLast: boolean;
};

/** Saves a step of a locked operation. */
export async function saveProgress(tx: Queryable, id: number, step: Step, now: Date): Promise<void> {
  await tx.query({
    name: 'save_operation_progress',
    text: SAVE_PROGRESS,
    values: [
      id,
      step.afterJobId,
      step.pacedUntil,
      step.done,
      step.skipped,
      step.failed,
      JSON.stringify(step.failures),
      step.isLast,
      now,
    ],
  });
}

const ABORT_OPERATION = /* sql */ `
  update operations
     set state = 'ABORTED', finished_at = $2, updated_at = $2
   where id = $1
     and state = 'RUNNING'
  returning ${COLUMNS}`;

/** Ends a running operation. Waits for its current batch. Returns undefined if it is not running. */
export async function abortOperation(tx: Queryable, id: number, now: Date): Promise<Operation | undefined> {
  const { rows } = await tx.query<Operation>(ABORT_OPERATION, [id, now]);
  return rows.map(read)[0];
}

// Without a join: joins of locked jobs with themselves read all jobs of a small table, or compared each job with each.
const NEW_TAGS = /* sql */ `
  (select coalesce(jsonb_agg(tag order by place), '[]')
     from (
            select tag, min(place) as place
              from jsonb_array_elements_text(tags || $2::jsonb) with ordinality as a (tag, place)
             where not $3::jsonb ? tag
             group by tag
          ) kept)`;

const TAG_JOBS = /* sql */ `
  update jobs
     set tags = ${NEW_TAGS}, updated_at = $4
   where id = any($1::bigint[])
     and tags <> ${NEW_TAGS}
     and jsonb_array_length(${NEW_TAGS}) <= $5
  returning id`;

/**
 * Adds and removes tags of locked jobs. Returns the ids of the jobs that changed: jobs that have these tags already, and jobs
 * that would have more than `maxTags`, do not change.
 */
export async function tagJobs(
  tx: Queryable,
  ids: readonly number[],
  { add, remove, maxTags }: { add: readonly string[]; remove: readonly string[]; maxTags: number },
  now: Date,
): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'tag_jobs',
    text: TAG_JOBS,
    values: [ids, JSON.stringify(add), JSON.stringify(remove), now, maxTags],
  });
  return rows.map(({ id }) => id);
}

const GROUP_JOBS = /* sql */ `
  update jobs
     set job_group = $2, updated_at = $3
   where id = any($1::bigint[])
     and job_group is distinct from $2
  returning id`;

/** Moves locked jobs to a group, or removes them from their groups. Returns the ids of the jobs that changed. */
export async function groupJobs(
  tx: Queryable,
  ids: readonly number[],
  group: string | null,
  now: Date,
): Promise<number[]> {
  const values = [ids, group, now];
  const { rows } = await tx.query<{ id: number }>({ name: 'group_jobs', text: GROUP_JOBS, values });
  return rows.map(({ id }) => id);
}

const DELETE_OLD = /* sql */ `
  delete from operations
   where id in (select id from operations where state <> 'RUNNING' and finished_at < $1 order by finished_at limit $2)`;

/** Deletes the operations that ended before an instant, at most `limit`. Returns their number. */
export async function deleteOldOperations(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'delete_old_operations',
    text: DELETE_OLD,
    values: [before, limit],
  });
  return rowCount ?? 0;
}

/** Finds the highest id of a job. */
export async function findMaxJobId(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ max: number | null }>({
    name: 'find_max_job_id',
    text: /* sql */ `select max(id) as max from jobs`,
  });
  return rows[0]?.max ?? 0;
}
