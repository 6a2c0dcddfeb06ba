import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataDir } from '../../../local/data-dir/data-dir.ts';
import { makeStops } from '../../../local/stops.ts';
import { type Stores, startSharedStores } from '../../aws/support/shared-stores.ts';
import { siblingDatabase, siblingRedis } from '../../aws/support/siblings.ts';

const stops = makeStops();
let stores: Map<'first' | 'second', Stores>;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-test-shared-stores-'));
  stops.add(() => rm(directory, { recursive: true, force: true }));
  const dataDir = await openDataDir(directory);
  stops.add(dataDir.close);
  stores = await startSharedStores(['first', 'second'], { dataDir, report: () => {}, onStop: stops.add });
});

afterAll(() =>
  stops.run((line) => {
    throw new Error(line);
  }),
);

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const storesOf = (name: 'first' | 'second'): Stores => {
  const found = stores.get(name);
  if (found === undefined) throw new Error(`there are no stores of ${name}`);
  return found;
};

test('a suite owns its database, may create others, and is no superuser', async () => {
  const { databaseUrl } = storesOf('first');
  await query(databaseUrl, 'create table mine (n int)');
  await query(databaseUrl, 'create database another');
  await query(siblingDatabase(databaseUrl, 'another'), 'create table mine (n int)');
  await query(databaseUrl, 'drop database another with (force)');
  expect(
    await query(
      databaseUrl,
      'select current_user as login, rolsuper from pg_roles where rolname = current_user',
    ),
  ).toEqual([{ login: 'first', rolsuper: false }]);
});

test('a suite cannot enter the database of another suite', async () => {
  const url = siblingDatabase(storesOf('second').databaseUrl, 'first');
  await expect(query(url, 'select 1')).rejects.toThrow('permission denied for database "first"');
});

test('the keys of one suite are in none of the Redis databases of another', async () => {
  const { redisUrl } = storesOf('first');
  const first = new Redis(siblingRedis(redisUrl, 3));
  const second = new Redis(storesOf('second').redisUrl);
  await first.set('mine', 'yes');
  expect([await first.get('mine'), await second.get('mine')]).toEqual(['yes', null]);
  first.disconnect();
  second.disconnect();
});
