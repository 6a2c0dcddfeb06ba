import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../lib/db/migrate.ts';
import { migrations } from '../../../lib/generated/embedded.ts';
import { openPool } from '../../support/belfry-database.ts';
import { cleanUpWith, NOON, pool, url, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

const names = migrations.map((migration) => migration.name);

async function openEmptyDatabase() {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await pool.query(`create database ${name}`);
  cleanUpWith(() => pool.query(`drop database ${name} with (force)`));
  const emptyUrl = new URL(url);
  emptyUrl.pathname = `/${name}`;
  const empty = openPool(emptyUrl.href);
  cleanUpWith(empty.end);
  return empty;
}

async function listTables(db: typeof pool): Promise<unknown[]> {
  const { rows } = await db.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  return rows.map((row) => row.name);
}

describe('migrate', () => {
  test('migrate creates the schema in an empty database and keeps a ledger', async () => {
    const empty = await openEmptyDatabase();
    expect(await migrate(empty, NOON)).toEqual(names);
    const ledger = await empty.query('select * from schema_migrations order by version');
    expect(ledger.rows).toEqual(migrations.map(({ version, name }) => ({ version, name, applied_at: NOON })));
    expect(await listTables(empty)).toEqual(
      expect.arrayContaining(['api_keys', 'job_executions', 'job_schedules', 'jobs']),
    );
  });

  test('migrate does nothing the second time', async () => {
    expect(await migrate(pool, NOON)).toEqual([]);
  });

  test('migrate applies each migration once when two migrators run at the same time', async () => {
    const empty = await openEmptyDatabase();
    const applied = await Promise.all([migrate(empty, NOON), migrate(empty, NOON)]);
    // Either migrator may have applied some of the migrations.
    expect(applied.flat().toSorted()).toEqual(names.toSorted());
  });

  test('a job that was paused for its failures before the migration has the state, unless it was resumed or deleted', async () => {
    const empty = await openEmptyDatabase();
    const known = migrations.findIndex(({ name }) => name === 'paused-by-failures');
    await migrate(empty, NOON, { migrations: migrations.slice(0, known) });
    await empty.query(
      `insert into jobs (id, schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                         is_active, deleted_at, created_at, updated_at)
       select id, '@daily', 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000,
              id = 2, case when id = 3 then $1::timestamptz end, $1, $1
         from generate_series(1, 4) id`,
      [NOON],
    );
    await empty.query(
      `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time, paused_at)
       select id, 1, $1, $1, case when id <> 4 then $1::timestamptz end from generate_series(1, 4) id`,
      [NOON],
    );
    await migrate(empty, NOON);
    const { rows } = await empty.query('select job_id as id, paused_at as at from paused_by_failures');
    expect(rows).toEqual([{ id: 1, at: NOON }]);
  });

  test('migrate refuses a database that is newer than the code, before it changes anything', async () => {
    const empty = await openEmptyDatabase();
    const later = { version: 9_000, name: 'later', sql: 'create table later ()' };
    await migrate(empty, NOON, { migrations: [later] });
    await expect(migrate(empty, NOON)).rejects.toThrow('deploy a newer version');
    expect(await listTables(empty)).toEqual(['later', 'schema_migrations']);
    expect(await migrate(empty, NOON, { whenAhead: 'leave' })).toEqual([]);
    expect(await listTables(empty)).toEqual(['later', 'schema_migrations']);
  });

  test('migrate rolls back a migration that fails, and keeps the migrations before it', async () => {
    const empty = await openEmptyDatabase();
    const sound = { version: 1, name: 'sound', sql: 'create table sound ()' };
    const broken = { version: 2, name: 'broken', sql: 'create table half (); select 1 / 0' };
    await expect(migrate(empty, NOON, { migrations: [sound, broken] })).rejects.toMatchObject({
      code: '22012',
    });
    expect(await listTables(empty)).toEqual(['schema_migrations', 'sound']);

    const mended = { ...broken, sql: 'create table half ()' };
    expect(await migrate(empty, NOON, { migrations: [sound, mended] })).toEqual(['broken']);
    expect(await listTables(empty)).toEqual(['half', 'schema_migrations', 'sound']);
  });
});
