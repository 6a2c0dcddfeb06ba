import type { JobExecution, UnscheduledTrigger } from '../domain/execution.ts';
import { type JsonText, limits } from '../domain/job.ts';
import { EXECUTION_COLUMNS } from './execution-history.ts';
import {
  ATTEMPT_RULE_COLUMNS,
  type AttemptRules,
  type QueuedRequest,
  QUEUED_REQUEST_COLUMNS,
} from './job-requests.ts';
import { followUrl } from './job-requests.ts';
import type { Queryable } from './pool.ts';

/** An execution that no schedule asks for. */
export type NewUnscheduled = {
  jobId: number;
  trigger: UnscheduledTrigger;
  /** The execution that a REDRIVE repeats or a CALLBACK reports; for the repetition of a report, that report. */
  originId: number | null;
  /** Replaces the body of the job. Null: the execution sends the body that the job has at each attempt. */
  body: JsonText | null;
  /** The URL of a CALLBACK, which gets nothing of the job's own request. */
  requestUrl?: string;
};

/** An unscheduled execution as it was stored, with the request as its job describes it now. */
export type StoredUnscheduled = JobExecution &
  QueuedRequest &
  AttemptRules & { revision: number; hasOwnBody: boolean; requestUrl: string | null };

// The execution time is the instant of the call plus 1 to 999 microseconds. Occurrences have whole milliseconds, so the two
// never meet. The microseconds come from the id, so that executions of one job that are asked for at once rarely meet each
// other; one that does is not inserted. It is due at the whole millisecond, because due instants are compared in
// milliseconds.
//
// The lock on the job waits for a change or a deletion that is under way, and makes a later one wait. Otherwise a change
// could miss an execution that was inserted by an older version of the job.
const INSERT_UNSCHEDULED = /* sql */ `
  with input as (
    select nextval('job_execution_ids') as id, place, job_id, trigger, origin_id, request_body::json as request_body, request_url
      from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $7::text[]) with ordinality
        as d (job_id, trigger, origin_id, request_body, request_url, place)
  ), live as (
    select *
      from jobs
     where id = any($1::bigint[])
       and deleted_at is null
     order by id
       for share
  ), inserted as (
    insert into job_executions (id, job_id, job_revision, status, execution_time, due_at, trigger, origin_id,
                                request_body, request_url, created_at, updated_at)
    select i.id, i.job_id, j.revision, 'SCHEDULED', $5::timestamptz + (i.id % 999 + 1) * interval '1 microsecond', $5,
           i.trigger, i.origin_id, i.request_body, i.request_url, $5, $5
      from input i
      join live j on j.id = i.job_id
     order by i.id
        on conflict (job_id, execution_time) do nothing
    returning ${EXECUTION_COLUMNS}
  )
  select e.*, i.place, j.id is not null as "isLive", j.revision,
         i.request_body is not null as "hasOwnBody", i.request_url as "requestUrl", ${ATTEMPT_RULE_COLUMNS}, ${QUEUED_REQUEST_COLUMNS}
    from input i
    left join live j on j.id = i.job_id
    left join inserted e on e.id = i.id
    cross join lateral (select $6::integer as most, coalesce(i.request_body, j.body) as body) b
   order by i.place`;

/** Tries of executions whose time is taken by another execution of the job. Each try is a millisecond later. */
const MAX_TRIES = 10;

/** A row without an id was not inserted. */
type Row = { place: number; isLive: boolean } & (StoredUnscheduled | { id: null });

/**
 * Stores executions that no schedule asks for, which are due now. It takes one statement, in a transaction or alone. Deliver
 * the stored ones with `DeliverUnscheduled` when they are committed. The next tick delivers executions that were not.
 *
 * @returns the stored executions in the order of the argument; undefined for a job that does not exist or is deleted.
 */
export async function insertUnscheduled(
  db: Queryable,
  executions: readonly NewUnscheduled[],
  now: Date,
): Promise<(StoredUnscheduled | undefined)[]> {
  const stored: (StoredUnscheduled | undefined)[] = executions.map(() => undefined);
  let places = executions.map((_, place) => place);
  for (let tries = 0; places.length > 0; tries += 1) {
    if (tries === MAX_TRIES) throw new Error(`${places.length} executions found no free execution time`);
    const at = new Date(now.getTime() + tries);
    const rows = await insertOnce(
      db,
      places.flatMap((place) => executions[place] ?? []),
      at,
    );
    const taken: number[] = [];
    for (const { place, isLive, ...row } of rows) {
      const index = places[place - 1];
      if (index === undefined || !isLive) continue;
      if (row.id === null) taken.push(index);
      else stored[index] = row;
    }
    places = taken;
  }
  return stored;
}

async function insertOnce(db: Queryable, executions: readonly NewUnscheduled[], now: Date): Promise<Row[]> {
  const { rows } = await db.query<Row>({
    name: 'insert_unscheduled',
    text: INSERT_UNSCHEDULED,
    values: [
      executions.map(({ jobId }) => jobId),
      executions.map(({ trigger }) => trigger),
      executions.map(({ originId }) => originId),
      executions.map(({ body }) => body),
      now,
      limits.queuedRequestBytes,
      executions.map(({ requestUrl }) => requestUrl ?? null),
    ],
  });
  return rows.map((row) => (row.id === null ? row : followUrl(row)));
}
