import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildBundle } from '../../infra/build-bundle.ts';
import { putApiKey } from '../../lib/db/api-keys.ts';
import { insertJobs } from '../../lib/db/jobs.ts';
import { wakeUpBody } from '../../lib/sqs/wake-up.ts';
import { functions, type FunctionSettings } from '../../lib/topology.ts';
import { startEnvironment, type Environment } from '../../local/environment.ts';
import { aJob } from '../support/a-job.ts';
import { createBelfryDatabase, type BelfryDatabase } from '../support/belfry-database.ts';
import { createTestRedis, type TestRedis } from '../support/redis.ts';
import { createTestQueue, type TestQueue } from '../support/sqs.ts';
import { startTarget, type Target } from '../support/target.ts';

/** What deploys, called as it will be: each function's bundle in an environment of its own, with real stores. */

const KEY = 'key-of-the-bundles';

let directory: string;
let database: BelfryDatabase;
let redis: TestRedis;
let wakeUps: TestQueue;
let target: Target;
const environments: Environment[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-bundles-'));
  database = await createBelfryDatabase();
  redis = await createTestRedis();
  wakeUps = await createTestQueue();
  target = await startTarget();
  const keyHash = createHash('sha256').update(KEY).digest();
  await putApiKey(database.pool, { name: 'test', keyHash, scopes: ['read', 'write'] }, new Date());
});
afterEach(async () => {
  for (const environment of environments.splice(0)) await environment.terminate();
});
afterAll(async () => {
  await target.close();
  await wakeUps.close();
  await redis.close();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

/** Starts the bundle of a function, and returns how to invoke it. */
async function start(name: string, { entry, memoryMb, timeoutSeconds, heap }: FunctionSettings) {
  const { url } = await buildBundle(entry, join(directory, name));
  const environment = startEnvironment({
    functionName: `belfry-${name}`,
    entry: url,
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      BELFRY_WAKE_UP_QUEUE_URL: wakeUps.queueUrl,
      AWS_ENDPOINT_URL_SQS: wakeUps.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    timeoutMs: timeoutSeconds * 1_000,
    memoryMb,
    heap,
    log: () => {},
  });
  environments.push(environment);
  await environment.ready;
  return environment.invoke;
}

function proxyEvent(httpMethod: string, path: string, job?: object) {
  return {
    httpMethod,
    path,
    headers: { 'content-type': 'application/json', 'x-api-key': KEY },
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    body: job === undefined ? null : JSON.stringify(job),
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', httpMethod, path },
  };
}

test('api says that it is well, and creates a job', async () => {
  const invoke = await start('api', functions.api);
  expect(await invoke(proxyEvent('GET', '/health'))).toMatchObject({ statusCode: 200 });
  const job = { schedule: '0 3 1 1 *', api: `${target.url}/api`, name: 'yearly' };
  expect(await invoke(proxyEvent('POST', '/api/v1/jobs', job))).toMatchObject({ statusCode: 201 });
  const { rows } = await database.pool.query(
    `select j.name, s.next_execution_time > now() as "isToCome"
       from jobs j join job_schedules s on s.job_id = j.id`,
  );
  expect(rows).toEqual([{ name: 'yearly', isToCome: true }]);
});

test('scheduler dispatches what is due, and worker executes it', async () => {
  const now = new Date();
  const nextExecutionTime = new Date(now.getTime() - 1_000);
  const schedule = nextExecutionTime.toISOString();
  const job = aJob({
    schedule,
    isRecurring: false,
    api: `${target.url}/worker`,
    method: 'POST',
    body: { a: 1 },
  });
  await insertJobs(database.pool, [{ ...job, nextExecutionTime }], now);

  const tick = await start('scheduler', functions.scheduler);
  expect(await tick({})).toMatchObject({ schedules: 1, executions: 1 });

  const work = await start('worker', functions.worker);
  const records = [
    { messageId: 'a wake-up', body: wakeUpBody },
    { messageId: 'something else', body: '{}' },
  ];
  expect(await work({ Records: records })).toEqual({
    batchItemFailures: [{ itemIdentifier: 'something else' }],
  });
  expect(target.requests).toMatchObject([{ method: 'POST', path: '/worker', body: '{"a":1}' }]);
  const { rows } = await database.pool.query('select status, error_message from job_executions');
  expect(rows).toEqual([{ status: 'SUCCESS', error_message: null }]);
});
