import type { Queryable } from '../../db/pool.ts';
import { CALLBACK_RETRIES } from '../../domain/callback.ts';
import type { Page } from '../walk.ts';
import { DAY_MS } from '../../domain/day.ts';

/** An execution that breaks a rule. It contains ids and instants, and never bodies, headers or error messages. */
export type FoundExecution = {
  executionId: number;
  jobId: number;
  executionTime: Date;
  detail: string;
  /** False if a later change of the job may explain the finding. */
  isDecided: boolean;
};

const FIND_PARTITIONS = /* sql */ `
  select i.inhrelid::regclass::text as name
    from pg_inherits i
   where i.inhparent = 'job_executions'::regclass
   order by 1`;

const PARTITION_OF_DAY = /job_executions_p(\d{4})(\d\d)(\d\d)$/;

/** Returns the start (UTC) of the day of a partition. Returns undefined if Belfry did not name it by a day. */
export function dayOfPartition(name: string): number | undefined {
  const [, year, month, day] = PARTITION_OF_DAY.exec(name) ?? [];
  return year === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day));
}

/**
 * Lists the partitions that may hold executions in the window. Their names are quoted for use in a statement. The
 * default partition, and every partition that Belfry did not name, are always included.
 */
export async function findPartitionsOf(
  db: Queryable,
  { since, until }: { since: Date; until: Date },
): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>({ name: 'audit_partitions', text: FIND_PARTITIONS });
  return rows.flatMap(({ name }) => {
    const startMs = dayOfPartition(name);
    const isOutside =
      startMs !== undefined && (startMs >= until.getTime() || startMs + DAY_MS <= since.getTime());
    return isOutside ? [] : [name];
  });
}

/**
 * Makes a query that finds the executions of one page that break a rule.
 *
 * The query reads one partition, and its inner query has the position as its only condition. So PostgreSQL reads a
 * range of the primary key's index, regardless of the statistics. With a condition on the time, PostgreSQL would
 * estimate that it selects 1 in 200 rows, and read and sort all of them for each page.
 *
 * @param found the rule: a select of `"executionId"`, `"jobId"`, `"executionTime"`, `detail` and `"isDecided"` from
 * `judged e`, the executions of the page that are in the window.
 */
export function makeFindInPage(name: string, found: string) {
  return async (
    db: Queryable,
    { partition, after, limit, since, until, hasJournal }: PartitionPage,
  ): Promise<Page<number, FoundExecution>> => {
    const { rows } = await db.query<{ read: number; last: number | null } & FoundExecution>({
      // The statement is not prepared under a name, because its text is different for each partition.
      text: /* sql */ `
        -- ${name}
        with page as materialized (
          select id, job_id, job_revision, status, execution_time, execution_duration, retry_count, put_off_count, started_at,
                 reason, is_withdrawn, trigger, origin_id, request_url, cancel_requested_at, created_at, updated_at, finished_at,
                 error_message is null as is_unexplained,
                 claim_token is not null as has_claim, lease_expires_at is not null as has_lease
            from ${partition}
           where id > $1
           order by id
           limit $2
        ), judged as (
          select page.*, $5::boolean as has_journal from page where execution_time >= $3 and execution_time < $4
        )
        select p.read, p.last, f.*
          from (select count(*) as read, max(id) as last from page) p
          left join (${found}) f on true
         order by f."executionId"`,
      values: [after, limit, since, until, hasJournal],
    });
    const [first] = rows;
    const isLast = first === undefined || first.read < limit;
    return {
      read: first?.read ?? 0,
      last: isLast ? undefined : (first.last ?? undefined),
      found: rows
        .filter((row) => row.executionId !== null)
        .map(({ executionId, jobId, executionTime, detail, isDecided }) => ({
          executionId,
          jobId,
          executionTime,
          detail,
          isDecided,
        })),
    };
  };
}

export type FindInPage = ReturnType<typeof makeFindInPage>;

type PartitionPage = {
  partition: string;
  after: number;
  limit: number;
  since: Date;
  until: Date;
  /** Whether an observer knows that changes of jobs did not touch what the rules compare. */
  hasJournal: boolean;
};

/**
 * Joins the job of an execution. The lateral subquery uses the primary key regardless of the statistics. A plain join
 * could read all jobs for each page. A CALLBACK has its own rules for attempts.
 */
export const JOB_OF_E = /* sql */ `
  cross join lateral (
    select revision, updated_at, deleted_at, is_active, on_failure,
           case when e.trigger = 'CALLBACK' then 'AT_LEAST_ONCE' else type end as type,
           case when e.trigger = 'CALLBACK' then ${CALLBACK_RETRIES} else max_retry_count end as max_retry_count,
           case when e.trigger <> 'CALLBACK' then max_age_seconds end as max_age_seconds
      from jobs
     where id = e.job_id
     limit 1
  ) j`;

/** Is true if the job has not changed since the execution was dispatched. */
export const IS_UNCHANGED = /* sql */ `(j.revision = e.job_revision and j.updated_at <= e.created_at)`;

/** Is true if no change of the job touched its type, retries, age or targets of reports since the execution was dispatched. */
export const HAS_SAME_LIMITS = /* sql */ `(e.has_journal or ${IS_UNCHANGED})`;
