import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { wakeUpBody } from '../../../lib/sqs/wake-up.ts';
import { functions, type FunctionSettings } from '../../../lib/topology.ts';
import { startEnvironment, type Environment } from '../../../local/environments/environment.ts';
import { createBelfryDatabase, type BelfryDatabase } from '../../support/belfry-database.ts';
import { until } from '../../support/waiting.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';
import { createTestQueue, type TestQueue } from '../../support/sqs.ts';

/** The lines that the functions write, composed from their environment. */

let database: BelfryDatabase;
let redis: TestRedis;
let wakeUps: TestQueue;
let environment: Environment;

beforeAll(async () => {
  database = await createBelfryDatabase();
  redis = await createTestRedis();
  wakeUps = await createTestQueue();
});
afterEach(() => environment.terminate());
afterAll(async () => {
  await wakeUps.close();
  await redis.close();
  await database.drop();
});

const lineSchema = z.record(z.string(), z.unknown());

/** Invokes a function once and returns its lines, when there are `count`. */
async function linesOf(
  name: keyof typeof functions,
  event: unknown,
  { count, ...env }: { count: number } & Record<string, string | number>,
): Promise<Record<string, unknown>[]> {
  const { entry, timeoutSeconds, memoryMb }: FunctionSettings = functions[name];
  let logged = '';
  environment = startEnvironment({
    functionName: `belfry-${name}`,
    entry: new URL(`../../../${entry}`, import.meta.url),
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      // Read when there is something to encrypt, which is not the case here.
      BELFRY_DATA_KEYS_FILE: '/nowhere/data-keys.json',
      BELFRY_WAKE_UP_QUEUE_URL: wakeUps.queueUrl,
      AWS_ENDPOINT_URL_SQS: wakeUps.endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...env,
    },
    timeoutMs: timeoutSeconds * 1_000,
    memoryMb,
    log: (text) => (logged += text),
  });
  await environment.ready;
  await environment.invoke(event);
  const complete = () => logged.split('\n').slice(0, -1);
  await until(() => complete().length >= count);
  return complete().map((line) => lineSchema.parse(JSON.parse(line)));
}

const aBatch = { Records: [{ messageId: 'message-1', body: wakeUpBody }] };
const aRequest = {
  httpMethod: 'GET',
  path: '/openapi.json',
  headers: {},
  requestContext: { requestId: 'gateway-1' },
};
const bears = {
  level: 'INFO',
  timestamp: expect.any(String),
  deployment: 'shop-prod',
  function_request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
};

describe('the log of a function', () => {
  test.each([
    ['scheduler', {}, { message: 'tick', executions: 0 }, 5],
    ['worker', aBatch, { message: 'worker_run', attempts: 0 }, 2],
    ['api', aRequest, { message: 'request', requestId: 'gateway-1', status: 200 }, 2],
  ] as const)(
    'each line of %s is one JSON event that names its function',
    async (name, input, event, count) => {
      const lines = await linesOf(name, input, {
        count,
        BELFRY_DEPLOYMENT: 'shop-prod',
        _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
      });
      const xray_trace_id = '1-5759e988-bd862e3fe1be46a994272793';
      expect(lines).toHaveLength(count);
      const documents = lines.filter((line) => '_aws' in line);
      const events = lines.filter((line) => !('_aws' in line) && line['message'] !== 'function_started');
      const origin = { ...bears, service: `belfry-${name}`, xray_trace_id };
      expect(events).toMatchObject(events.map(() => origin));
      // The first tick of a database also logs the version of its time zone data.
      expect(events.at(-1)).toMatchObject(event);
      expect(documents.map((document) => document['service'])).toEqual(documents.map(() => 'shop-prod'));
    },
  );

  test('a function logs no metric when the deployment has no name', async () => {
    expect(await linesOf('scheduler', {}, { count: 2 })).toMatchObject([
      { message: 'function_started', timeZoneData: expect.stringMatching(/^20\d\d[a-z]+$/) },
      { message: 'tick' },
    ]);
  });
});
