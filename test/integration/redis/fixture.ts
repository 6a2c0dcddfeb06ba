import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll } from 'vitest';
import { makeKeys } from '../../../lib/redis/keys.ts';
import { makeQueue, type QueueEntry } from '../../../lib/redis/queue.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';

/** The start of the clock of the tests: noon, UTC, so that a few hours more are the same day. */
export const NOON_MS = Date.UTC(2026, 0, 15, 12);

let connection: TestRedis;
/** The database of the current test file, after `useOwnRedis`. */
export let redisUrl: string;

/** Gives the test file that calls it a Redis database, until its end. */
export async function useOwnRedis(): Promise<void> {
  connection = await createTestRedis();
  redisUrl = connection.url;
  afterAll(connection.close);
}

/** An empty queue of its own, on the connection that the file shares. */
export function openQueue(options: { maxFinished?: number } = {}) {
  const { redis } = connection;
  const tag = `test-${randomUUID()}`;
  return { queue: makeQueue(redis, { ...options, tag }), redis, keys: makeKeys(tag), tag };
}

export function entry(id: number, dueMs: number, queue: QueueEntry['queue'] = 'scheduled'): QueueEntry {
  return { id, dueMs, queue, payload: `payload of ${id}` };
}

export function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** The place of every id: what the transitions promise, key by key. */
export async function readState(redis: Redis, tag: string) {
  const keys = makeKeys(tag);
  const workers = toPairs(await redis.zrange(keys.workers, 0, '-1', 'WITHSCORES'));
  const processing: Record<string, number[]> = {};
  for (const key of await redis.keys(keys.processing('*'))) {
    processing[key.slice(keys.processing('').length)] = (await redis.lrange(key, 0, -1)).map(Number);
  }
  const known = (await redis.keys(`{${tag}}:payload:*`)).map((key) => Number(key.split(':').at(-1)));
  return {
    ready: (await redis.lrange(keys.ready, 0, -1)).map(Number),
    scheduled: toPairs(await redis.zrange(keys.scheduled, 0, '-1', 'WITHSCORES')),
    retry: toPairs(await redis.zrange(keys.retry, 0, '-1', 'WITHSCORES')),
    processing,
    workers,
    known: known.toSorted((a, b) => a - b),
  };
}

function toPairs(flat: string[]): Record<string, number> {
  return Object.fromEntries(range(0, flat.length / 2).map((i) => [flat[2 * i], Number(flat[2 * i + 1])]));
}
