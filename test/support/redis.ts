import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import * as z from 'zod';

export type TestRedis = {
  /** Includes the number of the database. */
  url: string;
  redis: Redis;
  /** The hash tag of keys, without its braces. Each test file gets a different one. */
  tag: string;
  /** Empties the database, disconnects, and gives the database back. */
  close: () => Promise<void>;
};

/** In database 0: the number of databases that were ever in use, and the set of databases that were given back. */
const REGISTER = 'belfry:test-databases';

/**
 * Gives a test file its own Redis database, so that no other test finds its keys. Databases that were given back are used
 * again.
 *
 * @throws when every database is in use.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const database = await inRegister((register) => takeDatabase(register, REGISTER));
  const url = new URL(inject('redisUrl'));
  url.pathname = `/${database}`;
  const redis = new Redis(url.href);
  // A process for which a test did not wait may have written after the database was emptied.
  await redis.flushdb();
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await redis.flushdb();
    redis.disconnect();
    await inRegister((register) => register.sadd(`${REGISTER}:free`, database));
  };
  return { url: url.href, redis, tag: `test-${randomUUID()}`, close };
}

async function inRegister<Result>(work: (register: Redis) => Promise<Result>): Promise<Result> {
  const register = new Redis(inject('redisUrl'));
  return work(register).finally(() => register.disconnect());
}

/**
 * Returns the number of a database that no other test has.
 *
 * @param name the names of the counter and, with `:free`, of the set.
 */
export async function takeDatabase(register: Redis, name: string): Promise<number> {
  const free = await register.spop(`${name}:free`);
  if (free !== null) return Number(free);
  const [, count] = z.tuple([z.string(), z.coerce.number()]).parse(await register.config('GET', 'databases'));
  const database = await register.incr(name);
  if (database < count) return database;
  throw new Error(
    `all ${count - 1} Redis databases for tests are in use; close them, or raise REDIS_DATABASES in test/support/global-setup.ts`,
  );
}
