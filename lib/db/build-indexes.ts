import type { Connection, Pool, Queryable } from './pool.ts';

/** The id of the advisory lock. It can be any number that no other lock of Belfry has. */
const BUILD_LOCK = 7_206_178;

type Index = {
  name: string;
  /** The migration that the index needs. */
  since: number;
  create: string;
  /** The index of an earlier version that this index replaces. */
  drop?: string;
};

// The pages of lists are in the order of ids, so each filter's index ends with the id.
const INDEXES: readonly Index[] = [
  {
    name: 'jobs_by_host',
    since: 18,
    create: /* sql */ `
      create index concurrently jobs_by_host on jobs (job_host(api), id) where deleted_at is null`,
  },
  {
    name: 'jobs_paused',
    since: 18,
    create: /* sql */ `
      create index concurrently jobs_paused on jobs (id) where deleted_at is null and not is_active`,
  },
  // Counts the paused jobs of a group.
  {
    name: 'jobs_paused_by_group',
    since: 36,
    create: /* sql */ `
      create index concurrently jobs_paused_by_group on jobs (job_group)
       where deleted_at is null and not is_active and job_group is not null`,
  },
  {
    name: 'jobs_by_group',
    since: 19,
    create: /* sql */ `
      create index concurrently jobs_by_group on jobs (job_group, id)
       where deleted_at is null and job_group is not null`,
  },
  {
    name: 'jobs_by_owner',
    since: 19,
    create: /* sql */ `
      create index concurrently jobs_by_owner on jobs (owner, id) where deleted_at is null and owner is not null`,
  },
  // Counts the jobs of each schedule. PostgreSQL keeps equal entries once, so a million jobs with 8,000 schedules take 12 MB.
  {
    name: 'jobs_by_schedule',
    since: 19,
    create: /* sql */ `
      create index concurrently jobs_by_schedule
          on jobs (schedule collate "C", time_zone collate "C", is_recurring)
       where is_active and deleted_at is null`,
  },
  {
    name: 'jobs_of_schedule',
    since: 39,
    create: /* sql */ `
      create index concurrently jobs_of_schedule on jobs (schedule collate "C", id) where deleted_at is null`,
  },
  // Jobs whose times follow from their next time: intervals, and jobs that run once.
  {
    name: 'jobs_with_own_times',
    since: 19,
    create: /* sql */ `
      create index concurrently jobs_with_own_times
          on jobs (id) include (schedule, is_recurring)
       where is_active and deleted_at is null
         and (not is_recurring or schedule ~* '^(@every |rate\\s*\\()')`,
  },
  // A search reads the whole list of pending entries, so the list is kept short.
  {
    name: 'jobs_containing',
    since: 19,
    create: /* sql */ `
      create index concurrently jobs_containing
          on jobs using gin (job_text(name, description, key, api) gin_trgm_ops)
        with (gin_pending_list_limit = 512)
       where deleted_at is null`,
  },
  // Serves the retention of the jobs of a failure group.
  {
    name: 'failure_jobs_by_time',
    since: 13,
    create: /* sql */ `create index concurrently failure_jobs_by_time on failure_jobs (last_failed_at)`,
  },
  // Serves the removal of deleted jobs.
  {
    name: 'jobs_deleted',
    since: 25,
    create: /* sql */ `
      create index concurrently jobs_deleted on jobs (deleted_at, id) where deleted_at is not null`,
  },
  // Serves the tick as the index before did, and the lists by the next time, in which a million jobs may have the same time.
  {
    name: 'job_schedules_next',
    since: 18,
    create: /* sql */ `
      create index concurrently job_schedules_next on job_schedules (next_execution_time, job_id)`,
    drop: /* sql */ `drop index concurrently if exists job_schedules_due`,
  },
  // Lists failing jobs with the most failures in a row first, and serves the metric of jobs that fail repeatedly.
  {
    name: 'failing_jobs_worst',
    since: 58,
    create: /* sql */ `
      create index concurrently failing_jobs_worst on failing_jobs (failures_in_a_row desc, job_id) where paused_at is null`,
    drop: /* sql */ `drop index concurrently if exists failing_jobs_repeatedly`,
  },
];

/**
 * Builds the indexes that the migrations leave out, because a migration is one transaction: a large index would hold up
 * all writes until its end. Builds them one after the other, and continues where an earlier call stopped. If another
 * process is building them, it does nothing.
 *
 * Lists are complete without the indexes, but slow.
 *
 * @param versions the versions of the migrations that the database has.
 */
export async function buildIndexes(pool: Pool, versions: readonly number[]): Promise<void> {
  const wanted = INDEXES.filter(({ since }) => versions.includes(since));
  if (wanted.length === 0) return;
  const connection = await pool.connect();
  let isBroken = true;
  try {
    // Waiting for the lock would hold a snapshot, for which the build of the other process would wait.
    const { rows } = await connection.query<{ isMine: boolean }>(
      'select pg_try_advisory_lock($1) as "isMine"',
      [BUILD_LOCK],
    );
    if (rows[0]?.isMine === true) {
      for (const index of wanted) await buildOne(connection, index);
      await buildPartitions(connection);
      await connection.query('select pg_advisory_unlock($1)', [BUILD_LOCK]);
    }
    isBroken = false;
  } finally {
    connection.release(isBroken);
  }
}

async function buildOne(db: Queryable, { name, create, drop }: Index): Promise<void> {
  if ((await stateOf(db, name)) !== 'valid') {
    await db.query(`drop index concurrently if exists ${name}`);
    await db.query(create);
  }
  if (drop !== undefined) await db.query(drop);
}

/** Returns the state of an index. A build that was interrupted leaves an invalid one. */
async function stateOf(db: Queryable, name: string): Promise<'valid' | 'invalid' | 'missing'> {
  const { rows } = await db.query<{ isValid: boolean }>(
    /* sql */ `select indisvalid as "isValid" from pg_index where indexrelid = to_regclass($1)`,
    [name],
  );
  if (rows[0] === undefined) return 'missing';
  return rows[0].isValid ? 'valid' : 'invalid';
}

// Definitions are shown as `CREATE INDEX name ON ONLY public.job_executions USING …`.
const FIND_MISSING = /* sql */ `
  select parent.relname as index, child.relname as partition,
         substring(pg_get_indexdef(parent.oid) from ' USING .*$') as definition
    from pg_index i
    join pg_class parent on parent.oid = i.indexrelid
    join pg_inherits p on p.inhparent = i.indrelid
    join pg_class child on child.oid = p.inhrelid
   where i.indrelid = 'job_executions'::regclass
     and not i.indisvalid
     and not exists (select
                       from pg_inherits attached
                       join pg_index own on own.indexrelid = attached.inhrelid
                      where attached.inhparent = i.indexrelid
                        and own.indrelid = p.inhrelid)
   order by child.relname desc, parent.relname`;

type Missing = { index: string; partition: string; definition: string };

/** Builds the indexes of `job_executions` that some of its partitions lack, the latest day first. */
async function buildPartitions(db: Connection): Promise<void> {
  const { rows } = await db.query<Missing>(FIND_MISSING);
  for (const { index, partition, definition } of rows) {
    const name = `${partition}_${index.replace('job_executions_', '')}`;
    if ((await stateOf(db, name)) !== 'valid') {
      await db.query(`drop index concurrently if exists ${name}`);
      await db.query(`create index concurrently ${name} on ${partition} ${definition}`);
    }
    // The parent is valid as soon as every partition has its index.
    await db.query(`alter index ${index} attach partition ${name}`);
  }
}
