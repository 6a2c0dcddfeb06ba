import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildBundle } from '../../infra/build-bundle.ts';
import { apiKeyScopes } from '../../lib/domain/api-key.ts';
import { hashApiKey } from '../../lib/app/api-key.ts';
import { findApiKey, putApiKey } from '../../lib/db/api-keys.ts';
import { insertJobs } from '../../lib/db/jobs.ts';
import { wakeUpBody } from '../../lib/sqs/wake-up.ts';
import { deployFunctions, functions, type FunctionSettings } from '../../lib/topology.ts';
import { startEnvironment, type Environment } from '../../local/environments/environment.ts';
import { aJob } from '../support/a-job.ts';
import { createBelfryDatabase, type BelfryDatabase } from '../support/belfry-database.ts';
import { keyRingText } from '../support/key-rings.ts';
import { startSecretsManager, type TestSecretsManager } from '../support/secrets-manager.ts';
import { createTestRedis, type TestRedis } from '../support/redis.ts';
import { createTestQueue, type TestQueue } from '../support/sqs.ts';
import { startTarget, type Target } from '../support/target.ts';

/** The deployed code: the bundle of each function in its own environment, with real stores. */

const KEY = 'key-of-the-bundles';
const ADMIN_KEY_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:belfry-admin-key';
const DATA_KEYS_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:belfry-data-keys';

let directory: string;
let database: BelfryDatabase;
let redis: TestRedis;
let wakeUps: TestQueue;
let target: Target;
let secretsManager: TestSecretsManager;
const environments: Environment[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-bundles-'));
  database = await createBelfryDatabase();
  redis = await createTestRedis();
  wakeUps = await createTestQueue();
  target = await startTarget();
  secretsManager = await startSecretsManager();
  secretsManager.secrets.set(ADMIN_KEY_ARN, 'a value of CloudFormation');
  secretsManager.secrets.set(DATA_KEYS_ARN, keyRingText('bundles'));
  const keyHash = hashApiKey(KEY);
  await putApiKey(database.pool, { name: 'test', keyHash, scopes: ['read', 'write'] }, new Date());
});
afterEach(async () => {
  for (const environment of environments.splice(0)) await environment.terminate();
});
afterAll(async () => {
  secretsManager.close();
  await target.close();
  await wakeUps.close();
  await redis.close();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

/** Starts the bundle of a function, and returns a function that invokes it. */
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
      BELFRY_ADMIN_KEY_SECRET_ARN: ADMIN_KEY_ARN,
      BELFRY_DATA_KEYS_SECRET_ARN: DATA_KEYS_ARN,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      BELFRY_ALLOWED_NETWORKS: '127.0.0.0/8',
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

test('the api bundle reports that it is healthy, and creates a job', async () => {
  const invoke = await start('api', functions.api);
  expect(await invoke(proxyEvent('GET', '/health/deep'))).toMatchObject({ statusCode: 200 });
  const job = { schedule: '0 3 1 1 *', api: `${target.url}/api`, name: 'yearly' };
  expect(await invoke(proxyEvent('POST', '/api/v1/jobs', job))).toMatchObject({ statusCode: 201 });
  const { rows } = await database.pool.query(
    `select j.name, s.next_execution_time > now() as "isToCome"
       from jobs j join job_schedules s on s.job_id = j.id`,
  );
  expect(rows).toEqual([{ name: 'yearly', isToCome: true }]);
});

test('the scheduler bundle dispatches a due job, and the worker bundle executes it', async () => {
  const now = new Date();
  const nextExecutionTime = new Date(now.getTime() - 1_000);
  const schedule = nextExecutionTime.toISOString();
  const job = aJob({
    schedule,
    isRecurring: false,
    api: `${target.url}/worker`,
    method: 'POST',
    body: '{"a":1}',
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

test('the migrate bundle finds nothing to apply, and the API accepts the key in the secret', async () => {
  const invoke = await start('migrate', deployFunctions.migrate);
  expect(await invoke({})).toEqual({ applied: [] });
  const key = secretsManager.secrets.get(ADMIN_KEY_ARN) ?? '';
  expect(await findApiKey(database.pool, hashApiKey(key))).toMatchObject({
    scopes: [...apiKeyScopes],
  });
});

test('the declared-jobs bundle creates, changes and deletes a job', async () => {
  const invoke = await start('declared-jobs', deployFunctions.declaredJobs);
  const declare = (RequestType: string, job: object) =>
    invoke({
      RequestType,
      ResourceProperties: {
        Name: 'nightly',
        Job: JSON.stringify({ api: `${target.url}/declared`, schedule: '0 3 1 1 *', ...job }),
      },
    });
  const readJob = async () => {
    const { rows } = await database.pool.query(
      `select id, method, is_active, deleted_at is null as "isThere" from jobs where name = 'nightly'`,
    );
    expect(rows).toHaveLength(1);
    return { ...rows[0] };
  };
  const made = await declare('Create', { method: 'PUT' });
  const { id } = await readJob();
  const resource = { PhysicalResourceId: 'belfry-job:nightly' };
  expect(made).toEqual({ ...resource, Data: { JobId: String(id) } });
  expect(await declare('Update', { isActive: false })).toEqual(made);
  expect(await readJob()).toEqual({ id, method: 'POST', is_active: false, isThere: true });
  await expect(declare('Update', { schedule: 'never' })).rejects.toThrow(
    /^DeclarationError: job "nightly": schedule: .*never/,
  );
  expect(await invoke({ RequestType: 'Delete', ...resource })).toEqual(resource);
  expect(await readJob()).toEqual({ id, method: 'POST', is_active: false, isThere: false });
});
