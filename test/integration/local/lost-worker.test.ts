import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { insertJobs } from '../../../lib/db/jobs.ts';
import { idRange, makeIdsOf } from '../../../lib/environment-ids.ts';
import { wakeUpBody } from '../../../lib/sqs/wake-up.ts';
import { openDataKeysFile } from '../../../local/data-dir/data-keys.ts';
import { type EnvironmentHost, startThread } from '../../../local/environments/environment-host.ts';
import { functionEnv } from '../../../local/environments/function-env.ts';
import { functionEnvironments } from '../../../local/environments/function-environments.ts';
import { giveBackFromDead } from '../../../local/lost-worker.ts';
import { knownCredentials } from '../../../local/services/sqs.ts';
import { LOCAL_TARGETS } from '../../../local/settings.ts';
import { aJob } from '../../support/a-job.ts';
import { createBelfryDatabase } from '../../support/belfry-database.ts';
import { until } from '../../support/waiting.ts';
import { createTestRedis } from '../../support/redis.ts';
import { createTestQueue } from '../../support/sqs.ts';
import { startTarget } from '../../support/target.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function openStores() {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-lost-worker-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  const database = await createBelfryDatabase();
  cleanups.push(database.drop);
  const redis = await createTestRedis();
  cleanups.push(redis.close);
  const queue = await createTestQueue();
  cleanups.push(queue.close);
  const target = await startTarget();
  cleanups.push(target.close);
  const queues = { url: queue.endpoint, wakeUpQueueUrl: queue.queueUrl, credentials: knownCredentials };
  const env = functionEnv(
    { functionEnv: { ...LOCAL_TARGETS } },
    {
      databaseUrl: database.url,
      redisUrl: redis.url,
      queues,
      dataKeysFile: await openDataKeysFile(directory, undefined),
    },
  );
  return { database, redis, target, env };
}

const wakeUp = { Records: [{ messageId: 'a wake-up', body: wakeUpBody }] };

test(
  'a worker thread that dies releases its executions at once, and no AT_MOST_ONCE request is sent twice',
  { timeout: 60_000 },
  async () => {
    const { database, redis, target, env } = await openStores();
    const options = { env, howMany: { most: 1, warm: 1 }, log: () => {}, report: () => {} };
    const scheduler = functionEnvironments('scheduler', options);
    cleanups.push(() => scheduler.stop(0));
    const hosts: EnvironmentHost[] = [];
    const lost: string[] = [];
    const worker = functionEnvironments('worker', {
      ...options,
      startHost: (settings) => {
        const host = startThread(settings);
        hosts.push(host);
        return host;
      },
      onLost: (environmentId) => lost.push(environmentId),
    });
    cleanups.push(() => worker.stop(0));

    const now = new Date();
    const nextExecutionTime = new Date(now.getTime() - 1_000);
    const job = aJob({ schedule: nextExecutionTime.toISOString(), isRecurring: false });
    await insertJobs(
      database.pool,
      [
        { ...job, api: `${target.url}/again`, nextExecutionTime },
        { ...job, api: `${target.url}/once`, type: 'AT_MOST_ONCE', maxRetryCount: 0, nextExecutionTime },
      ],
      now,
    );
    await scheduler.invoke({});

    target.answerWith('hang');
    const run = worker.invoke(wakeUp).catch((error: unknown) => error);
    const paths = (): string[] => target.requests.map(({ path }) => path).sort();
    await until(() => target.requests.length === 2, { timeoutMs: 30_000 });
    await hosts[0]?.terminate();
    await run;
    await until(() => lost.length === 1);

    // The leases of both run for another 50 s.
    target.answerWith(200);
    await giveBackFromDead({ databaseUrl: database.url, redisUrl: redis.url }, lost[0]);
    expect(await scheduler.invoke({})).toMatchObject({ freed: 2, failed: 1 });
    await worker.invoke(wakeUp);
    expect(paths()).toEqual(['/again', '/again', '/once']);
    const { rows } = await database.pool.query(
      `select j.type, e.status, e.retry_count as "retryCount", e.error_message as "errorMessage"
       from job_executions e join jobs j on j.id = e.job_id order by j.id`,
    );
    expect(rows).toEqual([
      { type: 'AT_LEAST_ONCE', status: 'SUCCESS', retryCount: 1, errorMessage: null },
      {
        type: 'AT_MOST_ONCE',
        status: 'FAILED',
        retryCount: 0,
        errorMessage: 'the worker vanished during the request: outcome unknown',
      },
    ]);
  },
);

test('executions of workers in other environments stay with them', async () => {
  const { database, redis } = await openStores();
  const theirs = '0123456789ab';
  const dead = 'ba9876543210';
  const inRange = (id: string, { first, last }: { first: string; last: string }) => first <= id && id <= last;
  for (const id of Array.from({ length: 20 }, makeIdsOf(dead))) {
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect([
      inRange(id, idRange(dead)),
      inRange(id, idRange(theirs)),
      inRange(id, idRange(undefined)),
    ]).toEqual([true, false, true]);
  }

  const now = new Date();
  const [stored] = await insertJobs(database.pool, [{ ...aJob(), nextExecutionTime: null }], now);
  const leaseExpiresAt = new Date(now.getTime() + 50_000);
  for (const [index, environmentId] of [theirs, dead].entries()) {
    await database.pool.query(
      `insert into job_executions (job_id, job_revision, execution_time, due_at, status, claim_token, lease_expires_at, started_at,
                                   created_at, updated_at)
       values ($1, 1, $2, $2, 'RUNNING', $3, $4, $2, $2, $2)`,
      [stored!.id, new Date(now.getTime() + index), makeIdsOf(environmentId)(), leaseExpiresAt],
    );
  }
  await giveBackFromDead({ databaseUrl: database.url, redisUrl: redis.url }, dead);
  const { rows } = await database.pool.query(
    'select lease_expires_at > now() as "isHeld" from job_executions order by execution_time',
  );
  expect(rows).toEqual([{ isHeld: true }, { isHeld: false }]);
});
