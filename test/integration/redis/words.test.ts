import { expect, test, vi } from 'vitest';
import { entry, NOON_MS, openQueue, range, useOwnRedis } from './fixture.ts';

await useOwnRedis();

/** ElastiCache Serverless refuses a command with more words. */
const MAX_WORDS = 3_999;
const MANY = 2_000;

test('no command has more words than a serverless cache accepts, regardless of the number of executions that it moves', async () => {
  const { queue, redis } = openQueue();
  const spies = [vi.spyOn(redis, 'evalsha'), vi.spyOn(redis, 'eval')];
  const ids = range(1, MANY);
  const entries = ids.map((id) => entry(id, NOON_MS));
  const at = { workerId: 'a', nowMs: NOON_MS };
  await queue.enqueue(entries, { nowMs: NOON_MS });
  const take = () => queue.take({ ...at, horizonMs: NOON_MS, limit: MANY, leaseMs: 30_000 });
  await take();
  await take();
  await queue.release({ ...at, entries: ids.map((id) => ({ id, dueMs: NOON_MS })) });
  await take();
  await take();
  await queue.settle({
    ...at,
    outcomes: ids.map((id) => ({ id, status: 'RETRYING', dueAt: new Date(NOON_MS + 1_000) })),
  });
  const words = spies.flatMap((spy) => spy.mock.calls.map((call) => call.length + 1));
  expect(words.length).toBeGreaterThan(6);
  expect(Math.max(...words)).toBeLessThanOrEqual(MAX_WORDS);
});
