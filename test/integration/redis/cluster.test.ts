import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { connectRedisCluster } from '../../../lib/redis/cluster-client.ts';
import { makeKeys } from '../../../lib/redis/keys.ts';
import { makeQueue } from '../../../lib/redis/queue.ts';
import { freePort } from '../../support/free-port.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { startOneNodeCluster, startRedisCluster } from '../../support/redis-cluster.ts';
import { entry, NOON_MS, range } from './fixture.ts';
import { checkTransitions } from './transitions.ts';

const cluster = await startRedisCluster({ key: makeKeys('belfry').ready });
afterAll(cluster.stop);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await (await cluster.ownerOf('{belfry}')).redis.flushall();
});

function connect(url: string, options: Parameters<typeof connectRedisCluster>[1] = {}) {
  const errors: Error[] = [];
  const redis = connectRedisCluster(url, { onError: (error) => errors.push(error), ...options });
  cleanUps.push(() => redis.disconnect());
  return { redis, errors };
}

/** A node that holds none of the keys of the test. */
async function strangerTo(key: string): Promise<string> {
  const owner = await cluster.ownerOf(key);
  const stranger = cluster.nodes.find((node) => node !== owner);
  if (stranger === undefined) throw new Error('there is one node only');
  return stranger.url;
}

describe('a queue on a cluster', () => {
  test(
    'a queue on a cluster does the same as its model, whichever node its keys are on',
    { timeout: 60_000 },
    async () => {
      const { redis } = connect(cluster.nodes[0]?.url ?? '');
      const owners = new Set<number>();
      await checkTransitions(
        async () => {
          const tag = `test-${randomUUID()}`;
          const owner = await cluster.ownerOf(makeKeys(tag).ready);
          owners.add(owner.port);
          return { queue: makeQueue(redis, { tag }), redis: owner.redis, tag };
        },
        { numRuns: 40 },
      );
      expect(owners.size).toBe(3);
    },
  );

  test('a queue on a cluster counts, reports overdue executions, and wakes once when many workers ask for it', async () => {
    const { redis } = connect(await strangerTo('{belfry}'));
    const queue = makeQueue(redis);
    const later = [entry(2, NOON_MS + 1), entry(3, NOON_MS + 1, 'retry')];
    await queue.enqueue([entry(1, NOON_MS), ...later], { nowMs: NOON_MS });
    expect(await queue.overdue(NOON_MS + 1)).toBe(3);
    expect(await queue.stats(NOON_MS)).toMatchObject({ ready: 1, scheduled: 1, retrying: 1 });
    const nothing = { nowMs: NOON_MS, horizonMs: NOON_MS, limit: 0, leaseMs: 30_000 };
    const askers = [
      await queue.take({ ...nothing, workerId: 'a' }),
      await queue.take({ ...nothing, workerId: 'b' }),
    ];
    expect(askers.map(({ mayWakeOthers }) => mayWakeOthers)).toEqual([true, false]);
    await queue.ping();
  });

  test('a queue on a cluster continues when a replica takes over that has never seen its scripts', async () => {
    const { redis } = connect(await strangerTo('{belfry}'));
    const queue = makeQueue(redis, { tag: 'belfry' });
    const ids = range(11, 4);
    await queue.enqueue(
      ids.map((id) => entry(id, NOON_MS + 5)),
      { nowMs: NOON_MS },
    );
    const before = await cluster.ownerOf('{belfry}');
    const successor = await cluster.replicaOf('{belfry}');
    await before.redis.wait(1, 5_000);

    await successor.redis.cluster('FAILOVER');
    await expect
      .poll(async () => (await cluster.ownerOf('{belfry}')) === successor, { timeout: 10_000 })
      .toBe(true);

    // The client has not been notified.
    const nowMs = NOON_MS + 5;
    const { taken } = await queue.take({ workerId: 'a', nowMs, horizonMs: nowMs, limit: 4, leaseMs: 30_000 });
    expect(taken.map(({ id }) => id)).toEqual(ids);
    expect(await queue.retire('a')).toBe(4);
    expect(await queue.remove(ids)).toBe(4);
    expect(await before.redis.info('errorstats')).toContain('errorstat_MOVED');
    expect(await successor.redis.info('errorstats')).toContain('errorstat_NOSCRIPT');
  });

  test('a queue on a cluster continues when the node that holds it dies', async () => {
    const { redis } = connect(await strangerTo('{belfry}'));
    const queue = makeQueue(redis);
    await queue.enqueue([entry(21, NOON_MS)], { nowMs: NOON_MS });
    const owner = await cluster.ownerOf('{belfry}');
    const successor = await cluster.replicaOf('{belfry}');
    await owner.redis.wait(1, 5_000);
    const hurried = makeQueue(connect(successor.url, { commandTimeoutMs: 200 }).redis);
    await hurried.ping();
    owner.kill();
    await expect(hurried.ping()).rejects.toBeInstanceOf(UnavailableError);
    await expect
      .poll(() => queue.findAbsent([21, 22]).catch((error: unknown) => error), { timeout: 15_000 })
      .toEqual([22]);
    expect(await cluster.ownerOf('{belfry}')).toBe(successor);
  });
});

describe('a cluster that is unreachable', () => {
  test('a command to an unreachable cluster fails within its timeout, and the listener receives the error', async () => {
    const { redis, errors } = connect('redis://127.0.0.1:9', { commandTimeoutMs: 300 });
    const queue = makeQueue(redis);
    const startedMs = performance.now();
    const calls = [queue.ping(), queue.findAbsent([1]), queue.stats(NOON_MS)];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
    }
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(errors).toContainEqual(expect.objectContaining({ code: 'ECONNREFUSED' }));
  });

  test('a refused command is not run later, and the client reconnects when the cluster returns', async () => {
    const port = await freePort();
    const { redis } = connect(`redis://127.0.0.1:${port}`, { commandTimeoutMs: 300 });
    await expect(redis.incr('{belfry}:late')).rejects.toThrow('Command timed out');
    const line = await openTcpProxy({ on: port, to: () => cluster.nodes[1]?.port ?? 0 });
    cleanUps.push(line.close);
    await expect
      .poll(() => redis.incr('{belfry}:counter').catch(() => 'away'), { timeout: 10_000 })
      .toBeTypeOf('number');
    expect(await redis.get('{belfry}:late')).toBeNull();
  });

  test('the client connects to the cluster again when its connections are silent, before the command times out', async () => {
    const line = await openTcpProxy({ to: () => node.port });
    const node = await startOneNodeCluster({ announcedPort: line.port });
    cleanUps.push(line.close, node.stop);
    const { redis } = connect(`redis://localhost:${line.port}`);
    await redis.set('{belfry}:key', 'value');
    line.silencePresent();
    expect(await redis.get('{belfry}:key')).toBe('value');
  });
});
