import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { makeCheckHealth } from '../../../lib/app/check-health.ts';
import { makeQueue } from '../../../lib/redis/queue.ts';
import { makeAskQueue } from '../../../lib/sqs/ask-queue.ts';
import { localSqsClient } from '../../../local/services/sqs.ts';
import { createBelfryDatabase } from '../../support/belfry-database.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/waiting.ts';
import { createTestRedis } from '../../support/redis.ts';
import { createTestQueue } from '../../support/sqs.ts';
import { listen } from '../../support/listen.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function openParts() {
  const database = await createBelfryDatabase();
  const redis = await createTestRedis();
  const wakeUps = await createTestQueue();
  cleanups.push(database.drop, redis.close, wakeUps.close);
  const clock = new ManualClock('2030-01-01T00:00:00Z');
  const askQueue = makeAskQueue({ sqs: wakeUps.client, queueUrl: wakeUps.queueUrl });
  return { pool: database.pool, queue: makeQueue(redis.redis, { tag: redis.tag }), askQueue, clock, wakeUps };
}

test('every component is healthy while each can be used', async () => {
  expect(await makeCheckHealth(await openParts())()).toEqual({
    status: 'ok',
    checks: { postgres: 'ok', redis: 'ok', sqs: 'ok' },
  });
});

test('SQS is unhealthy when its queue does not exist', async () => {
  const parts = await openParts();
  const { client, queueUrl } = parts.wakeUps;
  const askQueue = makeAskQueue({ sqs: client, queueUrl: `${queueUrl}-gone` });
  expect(await makeCheckHealth({ ...parts, askQueue })()).toEqual({
    status: 'degraded',
    checks: { postgres: 'ok', redis: 'ok', sqs: 'unreachable' },
  });
});

test('a component that accepts connections and stays silent is reported unreachable in time, and its request is aborted', async () => {
  const server = createServer();
  const port = await listen(server);
  let ended = false;
  server.on('connection', (socket) => {
    socket
      .on('error', () => {})
      .on('close', () => (ended = true))
      .resume();
  });
  const connected = once(server, 'connection');
  const endpoint = `http://127.0.0.1:${port}`;
  const sqs = localSqsClient(endpoint);
  cleanups.push(async () => {
    sqs.destroy();
    server.close();
  });
  const parts = await openParts();
  const checking = makeCheckHealth({
    ...parts,
    askQueue: makeAskQueue({ sqs, queueUrl: `${endpoint}/000000000000/wake-ups` }),
  })();
  await connected;
  await parts.clock.advanceBy(3_000);
  expect((await checking).checks).toMatchObject({ sqs: 'unreachable' });
  await until(() => ended);
});
