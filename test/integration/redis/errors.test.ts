import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { makeQueue } from '../../../lib/redis/queue.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';

describe('a Redis that is unreachable', () => {
  const away = connectRedis('redis://127.0.0.1:9', { commandTimeoutMs: 200 });
  const queue = makeQueue(away);
  afterAll(() => away.disconnect());

  test.each([
    ['a script', () => queue.enqueue([{ id: 1, dueMs: 0, payload: '', queue: 'scheduled' }], { nowMs: 0 })],
    ['a pipeline', () => queue.stats(0)],
    ['a command', () => queue.ping()],
  ])('an unreachable Redis makes %s reject with UnavailableError', async (_, call) => {
    await expect(call()).rejects.toBeInstanceOf(UnavailableError);
  });
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
