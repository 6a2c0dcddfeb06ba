import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashApiKey } from '../../../lib/app/api-key.ts';
import { putApiKey } from '../../../lib/db/api-keys.ts';
import { insertJobs } from '../../../lib/db/jobs.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { wakeUpBody } from '../../../lib/sqs/wake-up.ts';
import { functions } from '../../../lib/topology.ts';
import { startEnvironment, type Environment } from '../../../local/environments/environment.ts';
import { aJob } from '../../support/a-job.ts';
import { createBelfryDatabase, type BelfryDatabase } from '../../support/belfry-database.ts';
import { keyRingText } from '../../support/key-rings.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';
import { createTestQueue, type TestQueue } from '../../support/sqs.ts';
import { startTarget, type Target } from '../../support/target.ts';

/** The functions as they are deployed, each in a thread that dies when its heap is too small. */

const KEY = 'key-of-large-bodies';
/** 1 MiB of JSON that takes 21 MB when it is parsed. */
const GROWING = `[${'{},'.repeat(349_000)}{}]`;
const MEBIBYTE = JSON.stringify('x'.repeat(1_048_000));

let directory: string;
let database: BelfryDatabase;
let redis: TestRedis;
let wakeUps: TestQueue;
let target: Target;
const environments: Environment[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-large-bodies-'));
  await writeFile(join(directory, 'data-keys.json'), keyRingText('large-bodies'), { mode: 0o600 });
  database = await createBelfryDatabase();
  redis = await createTestRedis();
  wakeUps = await createTestQueue();
  target = await startTarget();
  await ensurePartitions(database.pool, new Date(), 1);
  await putApiKey(
    database.pool,
    { name: 'test', keyHash: hashApiKey(KEY), scopes: ['read', 'write'] },
    new Date(),
  );
});
afterEach(async () => {
  for (const environment of environments.splice(0)) await environment.terminate();
  await target.close();
  await wakeUps.close();
  await redis.close();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

async function start(name: 'api' | 'scheduler' | 'worker', heapMb: number) {
  const environment = startEnvironment({
    functionName: `belfry-${name}`,
    entry: new URL(`../../../${functions[name].entry}`, import.meta.url),
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      BELFRY_WAKE_UP_QUEUE_URL: wakeUps.queueUrl,
      AWS_ENDPOINT_URL_SQS: wakeUps.endpoint,
      BELFRY_DATA_KEYS_FILE: join(directory, 'data-keys.json'),
      BELFRY_ALLOWED_NETWORKS: '127.0.0.0/8',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    timeoutMs: functions[name].timeoutSeconds * 1_000,
    memoryMb: heapMb,
    log: () => {},
  });
  environments.push(environment);
  await environment.ready;
  return environment.invoke;
}

/** Stores jobs, a few at a time. */
async function store(count: number, fields: Partial<NewJob>, nextExecutionTime: Date): Promise<void> {
  for (let stored = 0; stored < count; stored += 10) {
    const jobs = Array.from({ length: Math.min(10, count - stored) }, () => ({
      ...aJob({ schedule: nextExecutionTime.toISOString(), isRecurring: false, ...fields }),
      nextExecutionTime,
    }));
    await insertJobs(database.pool, jobs, new Date());
  }
}

const list = (query: Record<string, string>) => ({
  httpMethod: 'GET',
  path: '/api/v1/jobs',
  headers: { 'x-api-key': KEY },
  multiValueHeaders: {},
  queryStringParameters: query,
  multiValueQueryStringParameters: Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, [value]]),
  ),
  body: null,
  isBase64Encoded: false,
  requestContext: { requestId: 'request-1', httpMethod: 'GET', path: '/api/v1/jobs' },
});

const payloadBytes = async (): Promise<number> => {
  let sizeBytes = 0;
  for (const key of await redis.redis.keys(`*payload*`)) sizeBytes += await redis.redis.strlen(key);
  return sizeBytes;
};

describe('40 jobs whose bodies take 21 MB each when they are parsed', () => {
  test(
    'jobs whose bodies grow when parsed are dispatched, listed and sent within 512 MB',
    { timeout: 120_000 },
    async () => {
      await store(40, { api: target.url, body: GROWING }, new Date(Date.now() - 1_000));
      const tick = await start('scheduler', 512);
      expect(await tick({})).toMatchObject({ schedules: 40, executions: 40 });
      expect(await payloadBytes()).toBeLessThan(40 * 500);

      const api = await start('api', 512);
      const page = await api(list({ count: 'true' }));
      expect(page).toMatchObject({ statusCode: 200, body: expect.stringContaining('"total":40') });
      const whole = await api(list({ include: 'body', limit: '1000' }));
      expect(whole).toMatchObject({ statusCode: 200, body: expect.stringContaining('"nextCursor":"') });

      const work = await start('worker', functions.worker.heap.oldSpaceMb);
      const records = [{ messageId: 'm', body: wakeUpBody }];
      expect(await work({ Records: records })).toEqual({ batchItemFailures: [] });
      expect(target.requests).toHaveLength(40);
      expect(target.requests.every(({ body }) => body === GROWING)).toBe(true);
    },
  );
});

describe('200 jobs with bodies of 1 MB that are due in the same minute', () => {
  test(
    '200 jobs with bodies of 1 MB are dispatched, and found again after Redis is lost, within 128 MB, and other jobs miss no occurrence',
    { timeout: 120_000 },
    async () => {
      const due = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 60_000);
      await store(200, { api: target.url, body: MEBIBYTE }, due);
      const other = { api: `${target.url}/other`, schedule: '* * * * * *', isRecurring: true };
      await store(1, other, new Date(due.getTime() - 30_000));

      const tick = await start('scheduler', 128);
      const report = await tick({});
      expect(report).toMatchObject({ isComplete: true });
      const { rows } = await database.pool.query<{ large: number; others: number; gaps: number }>(
        `select count(*) filter (where j.body::text <> 'null') as large, count(*) filter (where j.body::text = 'null') as others,
              (max(extract(epoch from e.execution_time)) filter (where j.body::text = 'null')
                - min(extract(epoch from e.execution_time)) filter (where j.body::text = 'null') + 1
                - count(*) filter (where j.body::text = 'null'))::integer as gaps
         from job_executions e join jobs j on j.id = e.job_id`,
      );
      expect(rows[0]).toMatchObject({ large: 200 });
      expect(rows[0]!.others).toBeGreaterThan(60);
      expect(rows[0]!.gaps).toBe(0);

      await redis.redis.flushdb();
      expect(await tick({})).toMatchObject({ requeued: 200 + rows[0]!.others });
      expect(await payloadBytes()).toBeLessThan((200 + rows[0]!.others) * 500);
    },
  );
});
