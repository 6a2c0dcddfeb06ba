import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { inject } from 'vitest';

export type TestRedis = {
  /** Names the database too. */
  url: string;
  redis: Redis;
  /** For the hash tag of keys, without its braces; no two test files get the same. */
  tag: string;
  /** Empties the database and disconnects. */
  close: () => Promise<void>;
};

/**
 * A Redis database of its own for a test file, so that what a test leaves behind, under whatever key, is no other's.
 * Database 0 counts the assigned databases.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const counter = new Redis(inject('redisUrl'));
  const database = await counter.incr('belfry:test-databases').finally(() => counter.disconnect());
  const url = new URL(inject('redisUrl'));
  url.pathname = `/${database}`;
  const redis = new Redis(url.href);
  const close = async () => {
    await redis.flushdb();
    redis.disconnect();
  };
  return { url: url.href, redis, tag: `test-${randomUUID()}`, close };
}
