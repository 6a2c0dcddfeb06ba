import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { makeQueue } from '../../../lib/redis/queue.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';

describe('a Redis that is not there', () => {
  const away = connectRedis('redis://127.0.0.1:9', { commandTimeoutMs: 200 });
  const queue = makeQueue(away);
  afterAll(() => away.disconnect());

  it.each([
    ['a script', () => queue.enqueue([{ id: 1, dueMs: 0, payload: '', queue: 'scheduled' }], { nowMs: 0 })],
    ['a pipeline', () => queue.stats(0)],
    ['a command', () => queue.ping()],
  ])('makes %s reject with UnavailableError', async (_, call) => {
    await expect(call()).rejects.toBeInstanceOf(UnavailableError);
  });
});

describe('a Redis that answers with an error', () => {
  let test: TestRedis;
  beforeAll(async () => {
    test = await createTestRedis();
  });
  afterAll(() => test.close());

  it('that is our fault does not pass for one that is away', async () => {
    await test.redis.set(`{${test.tag}}:ready`, 'no list');
    const stats = makeQueue(test.redis, { tag: test.tag }).stats(0);
    await expect(stats).rejects.toThrow('WRONGTYPE');
    await expect(stats).rejects.not.toBeInstanceOf(UnavailableError);
  });
});
