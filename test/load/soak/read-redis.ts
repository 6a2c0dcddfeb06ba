import type { Redis } from 'ioredis';
import { dayOf, makeKeys } from '../../../lib/redis/keys.ts';

const keys = makeKeys('belfry');

export type RedisState = {
  keys: number;
  /** Those of executions; all keys but those that have names of their own. */
  payloads: number;
  usedBytes: number;
  /** Connections, by function. */
  clients: Readonly<Record<string, number>>;
};

export async function readRedis(redis: Redis, nowMs: number): Promise<RedisState> {
  const [all, workers, memory, clients] = await Promise.all([
    redis.dbsize(),
    redis.zrange(keys.workers, 0, '-1'),
    redis.info('memory'),
    redis.call('CLIENT', 'LIST'),
  ]);
  const today = dayOf(nowMs);
  const lasting = [keys.ready, keys.scheduled, keys.retry, keys.workers, keys.fanOut];
  const ofToday = [keys.completed, keys.failed, keys.completedCount, keys.failedCount].map((key) =>
    key(today),
  );
  const ofWorkers = workers.map((id) => keys.processing(id));
  const named = await redis.exists(...lasting, ...ofToday, ...ofWorkers, keys.rate(1));
  return {
    keys: all,
    payloads: all - named,
    usedBytes: Number(/used_memory:(\d+)/.exec(memory)?.[1] ?? Number.NaN),
    clients: countClients(String(clients)),
  };
}

/** Whether nothing is queued, and no worker is there that has not said that it ends. */
export async function isQueueEmpty(redis: Redis): Promise<boolean> {
  return (await redis.exists(keys.ready, keys.scheduled, keys.retry, keys.workers)) === 0;
}

/** Of the functions, by the names they give their connections. */
function countClients(list: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, name = ''] of list.matchAll(/ name=belfry-(\w+)/g)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** How many keys there are of each kind, ids and days left out; and how many of all never expire. */
export async function countKinds(redis: Redis): Promise<{ kinds: Record<string, number>; lasting: number }> {
  const kinds: Record<string, number> = {};
  let lasting = 0;
  for await (const found of redis.scanStream({ count: 1_000 })) {
    for (const key of found) {
      const kind = String(key).split(':')[1] ?? '';
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      if ((await redis.pttl(key)) === -1) lasting += 1;
    }
  }
  return { kinds, lasting };
}
