import type { Redis } from 'ioredis';
import type { Pool } from '../../lib/db/pool.ts';

/** Returns everything that a database holds, as text. */
export async function dumpDatabase(pool: Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const dumps = tables.map(async ({ name }) => {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    return [name, ...rows.map(({ row }) => row)].join('\n');
  });
  return (await Promise.all(dumps)).join('\n');
}

/** Returns everything that a Redis database holds, as text. */
export async function dumpRedis(redis: Redis): Promise<string> {
  const dumps = (await redis.keys('*')).map(async (key) => [key, await readKey(redis, key)]);
  return JSON.stringify(await Promise.all(dumps));
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1', 'WITHSCORES');
    default:
      throw new Error(`a key of type ${type} is not looked into`);
  }
}
