import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client, type QueryResultRow } from 'pg';
import { afterEach } from 'vitest';
import { type DataDir, openDataDir } from '../../../../local/data-dir/data-dir.ts';

export const report = () => {};
export const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

export async function makeDirectory(prefix = 'belfry-services-'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function open(directory: string): Promise<DataDir> {
  const dataDir = await openDataDir(directory);
  cleanups.push(dataDir.close);
  return dataDir;
}

export async function start<S extends { stop: () => Promise<void> }>(starting: Promise<S>): Promise<S> {
  const service = await starting;
  cleanups.push(service.stop);
  return service;
}

export async function query<Row extends QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

export async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  redis.on('error', () => {});
  return use(redis).finally(() => redis.disconnect());
}
