import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { makeQueue, type Queue } from '../../../lib/redis/queue.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';

describe('a Redis that is unreachable', () => {
  const away = connectRedis('redis://127.0.0.1:9', { commandTimeoutMs: 200 });
  const queue = makeQueue(away);
  afterAll(() => away.disconnect());

  const workerId = 'w';
  /** Every operation of the queue: an operation that is missing here does not compile. */
  const calls: Record<keyof Queue, () => Promise<unknown>> = {
    enqueue: () => queue.enqueue([{ id: 1, dueMs: 0, payload: '', queue: 'scheduled' }], { nowMs: 0 }),
    take: () => queue.take({ workerId, nowMs: 0, horizonMs: 0, limit: 1, leaseMs: 1 }),
    settle: () => queue.settle({ workerId, nowMs: 0, outcomes: [{ id: 1, status: 'DROPPED' }] }),
    release: () => queue.release({ workerId, entries: [{ id: 1, dueMs: 0 }] }),
    holdBack: () =>
      queue.holdBack([{ origin: 'http://a', untilMs: 1 }], { nowMs: 0, longestMs: 1, version: '1' }),
    listHeldBack: () => queue.listHeldBack(0),
    listInHand: () => queue.listInHand(workerId, { except: () => false }),
    heartbeat: () => queue.heartbeat({ workerId, nowMs: 0, leaseMs: 1 }),
    retire: () => queue.retire(workerId),
    retireRange: () => queue.retireRange({ first: 'a', last: 'z' }),
    reclaim: () => queue.reclaim({ nowMs: 0, limit: 1 }),
    findAbsent: () => queue.findAbsent([1]),
    findWaiting: () => queue.findWaiting(1),
    findPayloads: () => queue.findPayloads([1]),
    remove: () => queue.remove([1]),
    requestCancel: () => queue.requestCancel([1], { nowMs: 0 }),
    listCancels: () => queue.listCancels(),
    overdue: () => queue.overdue(0),
    stats: () => queue.stats(0),
    ping: () => queue.ping(),
  };

  test.each(Object.entries(calls))(
    'an unreachable Redis makes %s reject with UnavailableError',
    async (_, call) => {
      await expect(call()).rejects.toBeInstanceOf(UnavailableError);
    },
  );
});

describe('a Redis that answers with an error', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await createTestRedis();
  });
  afterAll(() => redis.close());

  test('an error that Belfry caused is not reported as an unavailable Redis', async () => {
    await redis.redis.set(`{${redis.tag}}:ready`, 'no list');
    const stats = makeQueue(redis.redis, { tag: redis.tag }).stats(0);
    await expect(stats).rejects.toThrow('WRONGTYPE');
    await expect(stats).rejects.not.toBeInstanceOf(UnavailableError);
  });
});
