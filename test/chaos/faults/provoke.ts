import type { Pool } from '../../../lib/db/pool.ts';
import { signal } from '../../support/process-signals.ts';
import type { LiveEnvironment } from '../environment/instrumented-processes.ts';

/** A scheduler environment creates missing partitions and drops old ones in its first tick. */
const MAKE_PARTITION =
  /^scheduler postgresql (?:create table|alter table|delete from job_executions_default) /;
const DROP_PARTITION = /^scheduler postgresql drop table /;
/** The API notes the use of a key once a minute. */
const NOTE_USE = /^api postgresql note_api_key_use /;

/**
 * Drops the last partition, of a future day, so that the next tick creates it again. Ticks that are killed as they create it
 * leave days missing, so the last partition may be today's or contain rows: then the statement does nothing.
 */
const DROP_LAST_PARTITION = /* sql */ `
  do $$
  declare
    last text;
    is_used boolean;
  begin
    select c.relname into last
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'job_executions'::regclass
       and c.relname <> 'job_executions_default'
     order by c.relname desc
     limit 1;
    if last is null or right(last, 8) <= to_char(now() at time zone 'UTC', 'YYYYMMDD') then return; end if;
    execute format('lock table %I in access exclusive mode', last);
    execute format('select exists (select from %I)', last) into is_used;
    if not is_used then execute format('drop table %I', last); end if;
  end $$`;

const OLD_PARTITION = /* sql */ `
  create table if not exists job_executions_p20200101 partition of job_executions
    for values from ('2020-01-01 00:00:00+00') to ('2020-01-02 00:00:00+00')`;

/** Adds an old partition for the first tick to drop, so that its points are known. */
export async function addOldPartition(pool: Pool): Promise<void> {
  await pool.query(OLD_PARTITION);
}

/** Returns a function that creates the situation in which a rare point is reached. */
export function makeProvoke(
  pool: Pool,
  liveSchedulers: () => readonly LiveEnvironment[],
): (point: string) => Promise<void> {
  const restartSchedulers = (): void => {
    for (const { pid } of liveSchedulers()) signal(pid, 'SIGKILL');
  };
  return async (point) => {
    try {
      if (MAKE_PARTITION.test(point)) {
        await pool.query(DROP_LAST_PARTITION);
        restartSchedulers();
      } else if (DROP_PARTITION.test(point)) {
        await addOldPartition(pool);
        restartSchedulers();
      } else if (NOTE_USE.test(point)) {
        await pool.query(/* sql */ `update api_keys set last_used_at = null`);
      }
    } catch {
      // PostgreSQL is away: a later try does it.
    }
  };
}
