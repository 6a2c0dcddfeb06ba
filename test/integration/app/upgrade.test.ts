import { access, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { ensureSigningKey } from '../../../lib/app/signing-keys/create-signing-key.ts';
import { makeUpgrade } from '../../../lib/app/upgrade.ts';
import type { Pool, Queryable } from '../../../lib/db/pool.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { migrations } from '../../../lib/generated/embedded.ts';
import { openPool } from '../../support/belfry-database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { makeTestDataKeys } from '../../support/key-rings.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/waiting.ts';

const START = '2030-03-04T23:30:00Z';
const names = migrations.map((migration) => migration.name);

let database: TestDatabase;
let clock: ManualClock;
let opened: { pool: Pool; isEnded: boolean }[];
let synced: Queryable[];
let keyRings: number;

beforeEach(async () => {
  database = await createTestDatabase({ template: 'empty_template', migrate: async () => {} });
  clock = new ManualClock(START);
  opened = [];
  synced = [];
  keyRings = 0;
});
afterEach(async () => {
  // Resources that keep the database busy until the upgrade ends them.
  expect(opened.map(({ isEnded }) => isEnded)).toEqual(opened.map(() => true));
  await database.drop();
});

function upgradeOf(url: string, syncAdminKey?: (db: Queryable) => Promise<void>) {
  return makeUpgrade({
    openPool: () => {
      const pool = openPool(url, { max: 1 });
      const entry = { pool, isEnded: false };
      opened.push(entry);
      return { ...pool, end: () => ((entry.isEnded = true), pool.end()) };
    },
    clock,
    makeKeyRing: async () => void (keyRings += 1),
    ensureSigningKey: (pool) => ensureSigningKey({ pool, dataKeys: makeTestDataKeys(), clock }),
    syncAdminKey: syncAdminKey ?? (async (db) => void synced.push(db)),
    roleSettings: undefined,
  });
}

async function listTables(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  return rows.map((row) => row.name);
}

describe('an upgrade', () => {
  test('an upgrade creates the schema, and the partitions for executions that are due at once', async () => {
    expect(await upgradeOf(database.url)()).toEqual(names);
    expect(await listTables()).toEqual(
      expect.arrayContaining([
        'declared_jobs',
        'job_executions_p20300304',
        'job_executions_p20300305',
        'schema_migrations',
      ]),
    );
    const { rows } = await database.pool.query('select distinct applied_at from schema_migrations');
    expect(rows).toEqual([{ applied_at: new Date(START) }]);
  });

  test('a second upgrade changes nothing', async () => {
    await upgradeOf(database.url)();
    const before = await listTables();
    expect(await upgradeOf(database.url)()).toEqual([]);
    expect(await listTables()).toEqual(before);
    expect({ synced: synced.length, keyRings }).toEqual({ synced: 2, keyRings: 2 });
  });

  test('two upgrades may run at the same time', async () => {
    const applied = await Promise.all([upgradeOf(database.url)(), upgradeOf(database.url)()]);
    expect(applied.flat().sort()).toEqual([...names].sort());
  });

  test('an upgrade fails with the error of a failed migration, and creates no admin key', async () => {
    await database.pool.query('create table declared_jobs ()');
    await expect(upgradeOf(database.url)()).rejects.toMatchObject({
      code: '42P07',
      message: 'relation "declared_jobs" already exists',
    });
    expect({ synced, keyRings }).toEqual({ synced: [], keyRings: 0 });
    await database.pool.query('drop table declared_jobs');
    expect(await upgradeOf(database.url)()).toEqual(names.slice(names.indexOf('declared-jobs')));
  });

  test('an upgrade fails with the error of the admin key, and keeps its migrations', async () => {
    const failing = upgradeOf(database.url, () => Promise.reject(new UnavailableError('Secrets Manager')));
    await expect(failing()).rejects.toThrow('Secrets Manager does not answer');
    expect(await upgradeOf(database.url)()).toEqual([]);
  });

  test('an upgrade leaves the schema of a newer database alone, so that a deployment can be rolled back', async () => {
    await upgradeOf(database.url)();
    await database.pool.query(`insert into schema_migrations values (9000, 'later', now())`);
    const tables = await listTables();
    expect(await upgradeOf(database.url)()).toEqual([]);
    expect(await listTables()).toEqual(tables);
    expect(synced).toHaveLength(2);
  });
});

describe('an upgrade of a paused database', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'belfry-test-paused-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** Reaches the database through a socket that does not exist yet. */
  function pausedUrl(): { url: string; start: () => Promise<void> } {
    const socketDir = join(directory, 'sockets');
    const url = new URL(database.url);
    const host = new URL(inject('postgresUrl')).searchParams.get('host');
    if (host === null) throw new Error('the database of the tests must be reached through a unix socket');
    url.searchParams.set('host', socketDir);
    return {
      url: url.href,
      start: async () => {
        await access(host);
        await symlink(host, socketDir);
      },
    };
  }

  test('an upgrade waits for a paused database', async () => {
    const paused = pausedUrl();
    const upgrading = upgradeOf(paused.url)();
    for (let second = 1; second <= 30; second += 1) {
      await until(() => clock.sleeperCount() === 1);
      if (second === 30) await paused.start();
      await clock.advanceBy(1_000);
    }
    expect(await upgrading).toEqual(names);
  });

  test('an upgrade gives up on a paused database after a minute, with the reason', async () => {
    const upgrading = upgradeOf(pausedUrl().url)();
    const failed = expect(upgrading).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      cause: { code: 'ENOENT' },
    });
    for (let second = 1; second <= 60; second += 1) {
      await until(() => clock.sleeperCount() === 1);
      await clock.advanceBy(1_000);
    }
    await failed;
    expect(clock.sleeperCount()).toBe(0);
  });
});
