import type { Redis } from 'ioredis';
import { dayOf, makeKeys } from '../../../lib/redis/keys.ts';

const keys = makeKeys('belfry');

export type RedisState = {
  keys: number;
  /** Payloads of executions: all keys except the keys with fixed names. */
  payloads: number;
  usedBytes: number;
  /** Connections of each function. */
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

/** Whether no execution is queued and every worker has signed off. */
export async function isQueueEmpty(redis: Redis): Promise<boolean> {
  return (await redis.exists(keys.ready, keys.scheduled, keys.retry, keys.workers)) === 0;
}

/** Counts the connections of each function by the names of connections. */
function countClients(list: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, name = ''] of list.matchAll(/ name=belfry-(\w+)/g)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Counts the keys of each kind, regardless of their id and day, and the keys that never expire. */
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
