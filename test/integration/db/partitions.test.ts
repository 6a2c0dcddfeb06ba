import { beforeEach, describe, expect, test } from 'vitest';
import { ensurePartitions, PartitionsMissingError } from '../../../lib/db/partitions.ts';
import { listUpcoming } from '../../../lib/db/execution-history.ts';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import {
  after,
  begin,
  cleanUpWith,
  dispatch,
  emptyTables,
  NOON,
  pool,
  storeJob,
  TOKEN,
  untilBlocked,
  useOwnDatabase,
} from './fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

await useOwnDatabase();

const all = {
  made: ['job_executions_p20260115', 'job_executions_p20260116', 'job_executions_p20260117'],
  missing: [],
};

beforeEach(async () => {
  await emptyTables();
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'job_executions'::regclass and c.relname like 'job_executions_p%'`,
  );
  for (const { name } of rows) await pool.query(`drop table ${name}`);
});

async function placesOf(jobId: number): Promise<string[]> {
  const { rows } = await pool.query<{ place: string }>(
    `select tableoid::regclass::text as place from job_executions where job_id = $1 order by execution_time`,
    [jobId],
  );
  return rows.map((row) => row.place);
}

describe('ensurePartitions', () => {
  test("ensurePartitions creates today's partition and the days ahead, once", async () => {
    expect(await ensurePartitions(pool, NOON, 2)).toEqual(all);
    expect(await ensurePartitions(pool, NOON, 2)).toEqual({ made: [], missing: [] });
    expect(await ensurePartitions(pool, after(DAY_MS), 2)).toEqual({
      made: ['job_executions_p20260118'],
      missing: [],
    });
  });

  test('ensurePartitions divides days at midnight UTC', async () => {
    await ensurePartitions(pool, NOON, 1);
    const { id } = await storeJob();
    await dispatch(
      id,
      new Date('2026-01-15T00:00:00Z'),
      new Date('2026-01-15T23:59:59.999Z'),
      new Date('2026-01-16T00:00:00Z'),
    );
    expect(await placesOf(id)).toEqual([
      'job_executions_p20260115',
      'job_executions_p20260115',
      'job_executions_p20260116',
    ]);
  });

  test('two calls of ensurePartitions at the same time each report the partitions that they created', async () => {
    const made = await Promise.all([ensurePartitions(pool, NOON, 2), ensurePartitions(pool, NOON, 2)]);
    expect(made.flatMap((result) => result.made).sort()).toEqual(all.made);
    expect(made.flatMap((result) => result.missing)).toEqual([]);
  });

  test('ensurePartitions moves rows of the default partition to the day they belong to', async () => {
    const { id } = await storeJob();
    const dispatched = await dispatch(id, NOON, after(DAY_MS), after(30 * DAY_MS));
    expect(new Set(await placesOf(id))).toEqual(new Set(['job_executions_default']));
    await ensurePartitions(pool, NOON, 1);
    expect(await placesOf(id)).toEqual([
      'job_executions_p20260115',
      'job_executions_p20260116',
      'job_executions_default',
    ]);
    const upcoming = await listUpcoming(pool, id, { limit: 10, offset: 0 });
    expect(upcoming.items.map((item) => item.id)).toEqual(dispatched.map((row) => row.id));
  });

  test('a claim of a row that ensurePartitions moves waits for it, and then finds the row', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, NOON);
    const reader = await begin();
    await reader.tx.query('select from job_executions_default');
    const making = ensurePartitions(pool, NOON, 0);
    await untilBlocked();
    const claiming = claimExecutions(pool, {
      executions,
      claimToken: TOKEN,
      now: NOON,
      dueBy: NOON,
      leaseExpiresAt: after(60_000),
    });
    await untilBlocked(2);
    await reader.commit();
    expect((await making).made).toHaveLength(1);
    expect((await claiming).map((claim) => claim.id)).toEqual([executions[0]!.id]);
  });

  test('ensurePartitions leaves a day for the next call while another session locks the default partition, and does not fail', async () => {
    const reader = await begin();
    await reader.tx.query('select from job_executions_default');
    expect(await ensurePartitions(pool, NOON, 2)).toEqual({ made: [], missing: all.made });
    await reader.commit();
    expect(await ensurePartitions(pool, NOON, 2)).toEqual(all);
  });

  test('ensurePartitions reports the days without a partition and the reason when the role may create none', async () => {
    await pool.query(`create function deny() returns event_trigger language plpgsql as
      $$ begin raise insufficient_privilege using message = 'no tables for you'; end $$`);
    await pool.query(
      `create event trigger deny on ddl_command_start when tag in ('CREATE TABLE') execute function deny()`,
    );
    cleanUpWith(async () => {
      await pool.query('drop event trigger if exists deny');
      await pool.query('drop function deny()');
    });
    const failure = await ensurePartitions(pool, NOON, 2).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartitionsMissingError);
    expect(failure).toMatchObject({ missing: all.made, cause: { code: '42501' } });
    await pool.query('drop event trigger deny');
    expect(await ensurePartitions(pool, NOON, 2)).toEqual(all);
  });

  test('ensurePartitions creates the other days when an ordinary table has the name of a partition', async () => {
    await pool.query('create table job_executions_p20260116 ()');
    cleanUpWith(() => pool.query('drop table job_executions_p20260116'));
    const failure = await ensurePartitions(pool, NOON, 2).catch((error: unknown) => error);
    expect(failure).toMatchObject({ missing: ['job_executions_p20260116'] });
    const { rows } = await pool.query(`select to_regclass('job_executions_p20260117')::text as name`);
    expect(rows).toEqual([{ name: 'job_executions_p20260117' }]);
  });

  test('ensurePartitions leaves a day in the default partition when it has more rows than can be moved at once', async () => {
    const { id } = await storeJob();
    await pool.query(
      `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
       select $1, 1, 'SUCCESS', t, t, t, t
         from generate_series($2::timestamptz, $2::timestamptz + interval '100 s', interval '1 ms') t`,
      [id, NOON],
    );
    const failure = await ensurePartitions(pool, NOON, 1).catch((error: unknown) => error);
    expect(failure).toMatchObject({ missing: ['job_executions_p20260115'] });
    expect(await ensurePartitions(pool, after(DAY_MS), 0)).toEqual({ made: [], missing: [] });
    await pool.query('delete from job_executions where execution_time = $1', [NOON]);
    expect(await ensurePartitions(pool, NOON, 1)).toEqual({
      made: ['job_executions_p20260115'],
      missing: [],
    });
  });

  test('ensurePartitions leaves the other partitions open to readers and writers', async () => {
    await ensurePartitions(pool, NOON, 0);
    const { id } = await storeJob();
    const writer = await begin();
    await writer.tx.query(
      `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
       values ($1, 1, 'SCHEDULED', $2, $2, $2, $2)`,
      [id, NOON],
    );
    expect((await ensurePartitions(pool, NOON, 1)).made).toEqual(['job_executions_p20260116']);
    await writer.commit();
  });

  test('a job has one execution for a time, both in a day partition and in the default one', async () => {
    await ensurePartitions(pool, NOON, 0);
    const { id } = await storeJob();
    const times = [NOON, after(30 * DAY_MS)];
    expect(await dispatch(id, ...times)).toHaveLength(2);
    expect(await dispatch(id, ...times)).toEqual([]);
    await expect(
      pool.query(
        `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
         select job_id, 1, 'SCHEDULED', execution_time, due_at, created_at, updated_at from job_executions`,
      ),
    ).rejects.toMatchObject({ code: '23505' });
  });

  test('a new day has every index and check of the table, attached to the indexes of the table', async () => {
    await ensurePartitions(pool, NOON, 0);
    const { rows: indexes } = await pool.query<{ parent: string; partition: string | null }>(
      `select p.indexrelid::regclass::text as parent,
              (select x.indexrelid::regclass::text
                 from pg_index x join pg_inherits i on i.inhrelid = x.indexrelid
                where i.inhparent = p.indexrelid and x.indrelid = 'job_executions_p20260115'::regclass
                  and x.indisvalid) as partition
         from pg_index p
        where p.indrelid = 'job_executions'::regclass`,
    );
    expect(indexes.length).toBeGreaterThan(3);
    expect(indexes.filter((index) => index.partition === null)).toEqual([]);
    const { rows: counts } = await pool.query(
      `select c.relname,
              (select count(*) from pg_index where indrelid = c.oid) as indexes,
              (select count(*) from pg_constraint where conrelid = c.oid and contype = 'c') as checks
         from pg_class c where c.relname in ('job_executions', 'job_executions_p20260115', 'job_executions_default')`,
    );
    expect(new Set(counts.map((row) => `${row.indexes} ${row.checks}`)).size).toBe(1);
  });
});
