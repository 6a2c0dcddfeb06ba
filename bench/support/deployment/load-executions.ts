import { ensurePartitions, partitionName } from '../../../lib/db/partitions.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { FAILS_EVERY, HISTORY_DAYS, MINUTELY_JOB, OFTEN_EVERY } from './shape.ts';

// The executions are numbered backwards from now. Executions in the same second belong to different jobs, and unscheduled
// executions have microseconds.
const INSERT_EXECUTIONS = (table: string): string => /* sql */ `
  insert into ${table} (
    job_id, job_revision, status, execution_time, due_at, execution_duration, retry_count, error_message, reason, status_code,
    started_at, finished_at, lateness_ms, first_byte_ms, trigger, created_at, updated_at
  )
  select job_id, 1, status, t, at, 8 + n % 90, case when status = 'FAILED' then 3 else 0 end,
         case status when 'FAILED' then 'the target answered 503' when 'CANCELLED' then 'the job was paused' end,
         case status when 'FAILED' then 'STATUS_NOT_SUCCESS' when 'CANCELLED' then 'JOB_PAUSED' end,
         case status when 'FAILED' then 503 when 'SUCCESS' then 200 end,
         at, at + interval '1 s', 4 + n % 30, 7 + n % 80, trigger, at, at + interval '1 s'
    from generate_series($1::bigint, $2::bigint) n
    cross join lateral (
           select date_trunc('second', $3::timestamptz - make_interval(secs => n * $4::double precision)) as at,
                  case when n % 5 < 3 then 2 + (n / 5 * 3 + n % 5) % ($5::bigint / ${OFTEN_EVERY} - 1)
                       else 1 + $5::bigint / ${OFTEN_EVERY}
                            + (n / 5 * 2 + n % 5) * 7919 % ($5::bigint - $5::bigint / ${OFTEN_EVERY})
                  end as job_id,
                  case when n % 997 = 0 then 'MANUAL' when n % 1499 = 0 then 'CALLBACK' when n % 1997 = 0 then 'REDRIVE'
                       else 'SCHEDULE'
                  end as trigger
         ) e
    cross join lateral (
           select case when trigger = 'SCHEDULE' then at else at + interval '1 microsecond' end as t,
                  case when job_id % ${FAILS_EVERY} = 5 or n * 2654435761 % 1000 < 20 then 'FAILED'
                       when n * 2654435761 % 1000 < 25 then 'CANCELLED'
                       else 'SUCCESS'
                  end as status
         ) o
   where at >= $6
     and at < $7`;

const INSERT_MINUTELY = (table: string): string => /* sql */ `
  insert into ${table} (
    job_id, job_revision, status, execution_time, due_at, execution_duration, status_code, started_at, finished_at, lateness_ms,
    first_byte_ms, created_at, updated_at
  )
  select ${MINUTELY_JOB}, 1, 'SUCCESS', t, t, 12, 200, t, t, 5, 11, t, t
    from generate_series($1::timestamptz, $2::timestamptz, interval '1 minute') t
   where t < $2`;

const INSERT_RETRYING = /* sql */ `
  insert into job_executions (
    job_id, job_revision, status, execution_time, due_at, retry_count, error_message, reason, status_code, started_at, lateness_ms,
    created_at, updated_at
  )
  select n * 3, 1, 'RETRYING', $1::timestamptz - interval '1 microsecond', $2, 1, 'the target answered 503', 'STATUS_NOT_SUCCESS',
         503, $1, 5, $1, $1
    from generate_series(1, $3::integer) n`;

/** Stores the history of jobs 1 to `jobs`: `count` executions, and one in each minute for the job that runs each minute. */
export async function loadExecutions(
  pool: Pool,
  { count, jobs, now }: { count: number; jobs: number; now: Date },
): Promise<void> {
  const stepSeconds = (HISTORY_DAYS * 86_400) / count;
  const todayMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  await ensurePartitions(pool, now, 3);
  for (let dayMs = todayMs - HISTORY_DAYS * DAY_MS; dayMs <= todayMs; dayMs += DAY_MS) {
    const name = partitionName(dayMs);
    const from = new Date(dayMs);
    const until = new Date(Math.min(dayMs + DAY_MS, now.getTime()));
    const numberAt = (at: Date): number => (now.getTime() - at.getTime()) / 1_000 / stepSeconds;
    const first = Math.max(1, Math.floor(numberAt(until)) - 3);
    const last = Math.min(count, Math.ceil(numberAt(from)) + 3);
    // A table gets its indexes when it is attached. Each is then built over all rows at once.
    if (dayMs < todayMs)
      await pool.query(`create table ${name} (like job_executions including defaults including constraints)`);
    await pool.query(INSERT_EXECUTIONS(name), [first, last, now, stepSeconds, jobs, from, until]);
    await pool.query(INSERT_MINUTELY(name), [from, until]);
    if (dayMs < todayMs)
      await pool.query(
        `alter table job_executions attach partition ${name}
           for values from ('${from.toISOString()}') to ('${new Date(dayMs + DAY_MS).toISOString()}')`,
      );
  }
}

/** Stores executions that wait for a retry until `dueAt`. */
export async function loadRetrying(
  pool: Pool,
  { count, now, dueAt }: { count: number; now: Date; dueAt: Date },
): Promise<void> {
  await pool.query(INSERT_RETRYING, [now, dueAt, count]);
}
