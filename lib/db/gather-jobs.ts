import { startOfDay } from '../domain/day.ts';
import { MIN_TEXT_LENGTH } from '../domain/job-filter.ts';
import { toPattern } from './job-conditions.ts';
import type { Queryable } from './pool.ts';

// Indexes that find jobs, but not in the order of their ids. Each statement finds at most `most` jobs ($1), in no defined order. It reads
// one more, and returns none if there is one. JSON needs one row, and the driver parses it faster than arrays.
const FEW = /* sql */ `
  select case when (select count(*) from found) <= $1 then array_to_json(array(select id from found)) end as ids`;

// The collation of keys compares bytes, and no byte of UTF-8 follows this character's.
const HAS_KEY_PREFIX = /* sql */ `
         deleted_at is null
     and key is not null
     and key >= $2
     and key < $2 || chr(1114111)
   order by key
   limit $1 + 1`;

// The keys are counted first, because the index has them, and the ids are in the rows: 2,000 take 6 ms.
const BY_KEY_PREFIX = /* sql */ `
  select case
           when (select count(key) from (select key from jobs where ${HAS_KEY_PREFIX}) keys) <= $1
             then array_to_json(array(select id from jobs where ${HAS_KEY_PREFIX}))
         end as ids`;

/** Finds jobs whose key begins with the prefix. Undefined if there are more than `most`. */
export async function gatherByKeyPrefix(
  db: Queryable,
  prefix: string,
  most: number,
): Promise<number[] | undefined> {
  return idsOf(await db.query({ name: 'gather_by_key_prefix', text: BY_KEY_PREFIX, values: [most, prefix] }));
}

// An occurrence that was dispatched ahead is the next one. Retries are in the same index, and are passed over. No next time is on an
// earlier day, so the statement is planned for the partitions from today on ($4) alone.
const BY_NEXT_TIME = /* sql */ `
  with found as materialized (
    select job_id as id
      from (select job_id from job_schedules where next_execution_time < $3 order by next_execution_time limit $1 + 1) s
    union all
    select job_id
      from (select job_id, status
              from job_executions
             where status in ('SCHEDULED', 'RETRYING')
               and execution_time >= $4
               and due_at >= $2
               and due_at < $3
             order by due_at
             limit $1 + 1) e
     where status = 'SCHEDULED'
  ) ${FEW}`;

/** Finds jobs that may have their next time before an instant. Jobs can occur twice. Undefined if there are more than `most`. */
export async function gatherByNextTime(
  db: Queryable,
  { now, before }: { now: Date; before: Date },
  most: number,
): Promise<number[] | undefined> {
  return idsOf(await db.query({ text: BY_NEXT_TIME, values: [most, now, before, startOfDay(now)] }));
}

// Planned for the partitions from today on ($3), as above.
const WAITING = /* sql */ `
  with found as materialized (
    select job_id as id
      from (select job_id, due_at, id
              from job_executions
             where status in ('SCHEDULED', 'RETRYING')
               and execution_time >= $3
               and (due_at, id) >= ($2, 0)
             order by due_at, id
             limit $1 + 1) e
  ) ${FEW}`;

/**
 * Finds jobs with an upcoming occurrence that was dispatched. Jobs can occur twice, and others may be among them. Undefined if there are
 * more than `most`.
 */
export async function gatherWaiting(db: Queryable, now: Date, most: number): Promise<number[] | undefined> {
  return idsOf(await db.query({ text: WAITING, values: [most, now, startOfDay(now)] }));
}

/** The rows that a search for a text may read by its index. Most of them are compared with the text: 5,000 take about 20 ms. */
const MAX_CANDIDATES = 5_000;
/** The jobs of a sample, spread over all ids. */
const SAMPLE = 500;
/** The longest words of a text are looked for in the sample. More of them would only lower the estimate. */
const MAX_WORDS = 3;

// The index reads the rows that have every trigram of the text, in any order, and a lot of rows for frequent trigrams. So the
// rarest word limits the rows that it reads. Words without trigrams do not count: short words, and words in other scripts in a
// database with the locale C.
const ESTIMATE_CANDIDATES = /* sql */ `
  with last as materialized (
    select coalesce(max(id), 0) - $1::bigint as ahead from jobs where deleted_at is null
  ), sample as materialized (
    select job_text(j.name, j.description, j.key, j.api) as text
      from last
      cross join generate_series(0, $3::integer - 1) place
      cross join lateral (
             select name, description, key, api
               from jobs
              where deleted_at is null
                and id > $1 + last.ahead * place / $3
              order by id
              limit 1
           ) j
  )
  select (select ahead from last)::float8
           * coalesce(
               (select min((select count(*) from sample where text ilike pattern) + 1.0) / $3
                  from unnest($2::text[]) w (pattern)
                 where cardinality(show_trgm(pattern)) > 0),
               1) as candidates`;

/** Estimates the rows that a search for a text would read after `afterId`, and an upper bound where there are few jobs. */
async function estimateCandidates(db: Queryable, text: string, afterId: number): Promise<number> {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length >= MIN_TEXT_LENGTH);
  const longest = words.toSorted((one, other) => other.length - one.length).slice(0, MAX_WORDS);
  const { rows } = await db.query<{ candidates: number }>({
    name: 'estimate_candidates',
    text: ESTIMATE_CANDIDATES,
    values: [afterId, longest.map(toPattern), SAMPLE],
  });
  return rows[0]?.candidates ?? 0;
}

// The sum prevents a walk along the primary key, which could read the whole table for a rare text.
const CONTAINING = /* sql */ `
  with found as materialized (
    select id
      from jobs
     where deleted_at is null
       and job_text(name, description, key, api) ilike $2
       and id + 0 > $3
       and id + 0 < $4
     limit $1 + 1
  ) ${FEW}`;

/**
 * Finds jobs after `afterId`, or before it, that contain a text. Undefined if there are more than `most`, or if the index would read too
 * many rows for that: two frequent words that never follow each other took 7 s with a million jobs.
 */
export async function gatherContaining(
  db: Queryable,
  { text, afterId, isNewestFirst }: { text: string; afterId: number; isNewestFirst: boolean },
  most: number,
): Promise<number[] | undefined> {
  const [above, below] = isNewestFirst ? [0, afterId] : [afterId, Number.MAX_SAFE_INTEGER];
  if ((await estimateCandidates(db, text, above)) > MAX_CANDIDATES) return undefined;
  // The statement is not prepared under a name, so that it is planned for this text.
  return idsOf(await db.query({ text: CONTAINING, values: [most, toPattern(text), above, below] }));
}

const idsOf = ({ rows }: { rows: { ids: number[] | null }[] }): number[] | undefined =>
  rows[0]?.ids ?? undefined;
