import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { CACHE_RIGHTS } from '../../../infra/constructs/cache-rights.ts';
import { makeAdmit } from '../../../lib/redis/admit.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { connectRedisCluster } from '../../../lib/redis/cluster-client.ts';
import { makeKeys } from '../../../lib/redis/keys.ts';
import { makeQueue } from '../../../lib/redis/queue.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { openServerDir, startRedisServer } from '../../support/redis-server.ts';
import { NOON_MS } from './fixture.ts';
import { checkTransitions } from './transitions.ts';

/** The user has the rights that the deployed cache gives the functions, and no others. */

const dataDir = await openServerDir();
const server = await startRedisServer(dataDir);
const cluster = await startRedisCluster({ key: makeKeys('belfry').ready });
const owner = await cluster.ownerOf(makeKeys('belfry').ready);
const admin = new Redis(server.port, '127.0.0.1');
afterAll(async () => {
  admin.disconnect();
  await Promise.all([server.stop(), cluster.stop()]);
  await dataDir.close();
});

const kinds = [
  {
    kind: 'one server',
    url: `127.0.0.1:${server.port}`,
    connect: connectRedis,
    keeper: admin,
    servers: [admin],
  },
  {
    kind: 'a cluster',
    url: `127.0.0.1:${owner.port}`,
    connect: connectRedisCluster,
    keeper: owner.redis,
    servers: cluster.nodes.map((node) => node.redis),
  },
];

describe.each(kinds)('the rights of the functions on $kind', ({ url, connect, keeper, servers }) => {
  const open = async () => {
    for (const redis of servers)
      await redis.acl('SETUSER', 'app', 'reset', '>secret', ...CACHE_RIGHTS.split(' '));
    return connect(`redis://app:secret@${url}`);
  };

  test('the rights of the functions suffice for every call of the queue', { timeout: 60_000 }, async () => {
    const redis = await open();
    try {
      await checkTransitions(
        async () => {
          await keeper.flushall();
          return { queue: makeQueue(redis), redis: keeper, tag: 'belfry' };
        },
        { numRuns: 40 },
      );
      const queue = makeQueue(redis);
      await queue.ping();
      const held = [{ origin: 'https://one.example', untilMs: NOON_MS + 1_000 }];
      await queue.holdBack(held, { nowMs: NOON_MS, longestMs: 60_000, version: 'one' });
      expect(await queue.overdue(NOON_MS)).toBeGreaterThanOrEqual(0);
      expect(await queue.listInHand('a', { except: () => false })).toBeInstanceOf(Array);
      await queue.requestCancel([1, 2], { nowMs: NOON_MS });
      expect((await queue.listCancels()).toSorted((a, b) => a - b)).toEqual([1, 2]);
      expect(await queue.stats(NOON_MS)).toHaveProperty('ready');
      const limit = { perSecond: 1, burst: 1 };
      expect(await makeAdmit(redis)({ apiKeyId: 1, limit, nowMs: NOON_MS })).toMatchObject({
        isAdmitted: true,
      });
    } finally {
      redis.disconnect();
    }
  });

  test.each([
    ['FLUSHALL', []],
    ['KEYS', ['*']],
    ['CONFIG', ['GET', '*']],
    ['ACL', ['LIST']],
    ['GET', ['another']],
  ] as const)('the rights of the functions do not allow %s %j', async (command, words) => {
    const redis = await open();
    try {
      await expect(redis.call(command, ...words)).rejects.toThrow(/NOPERM/);
    } finally {
      redis.disconnect();
    }
  });
});
