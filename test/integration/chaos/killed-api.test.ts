import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { makeInstrumentedProcesses } from '../../chaos/environment/instrumented-processes.ts';
import type { Environment } from '../../../local/environments/environment.ts';
import { hashApiKey } from '../../../lib/app/api-key.ts';
import { putApiKey } from '../../../lib/db/api-keys.ts';
import { keyRingText } from '../../support/key-rings.ts';
import { database, pointsDir, ROOT, setUpEnvironments, start, wakeUps } from './environments-fixture.ts';

/** The deployed API function in a process that is killed at a write, and the same request again in another process. */

const replySchema = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.unknown()),
  body: z.string(),
});

let directory: string;
let keysFile: string;

setUpEnvironments();
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'belfry-keys-'));
  keysFile = join(directory, 'data-keys.json');
  writeFileSync(keysFile, keyRingText('first'), { mode: 0o600 });
  await putApiKey(
    database.pool,
    { name: 'one', keyHash: hashApiKey('one'), scopes: ['read', 'write'] },
    new Date(),
  );
});
afterAll(() => rmSync(directory, { recursive: true }));

const startApi = (): Promise<Environment> =>
  start({
    functionName: 'api',
    entry: new URL('functions/api/index.ts', ROOT),
    env: {
      BELFRY_DATA_KEYS_FILE: keysFile,
      BELFRY_WAKE_UP_QUEUE_URL: wakeUps.queueUrl,
      AWS_ENDPOINT_URL_SQS: new URL(wakeUps.queueUrl).origin,
      AWS_REGION: 'us-east-1',
    },
    timeoutMs: 28_000,
    memoryMb: 512,
    startHost: makeInstrumentedProcesses({ name: 'api', role: 'api', pointsDir, root: ROOT }).startHost,
  });

const event = (key: string) => ({
  httpMethod: 'POST',
  path: '/api/v1/jobs',
  headers: { 'x-api-key': 'one', 'idempotency-key': `"${key}"` },
  multiValueHeaders: null,
  body: JSON.stringify({ schedule: '@hourly', api: 'https://example.com/', name: key }),
  isBase64Encoded: false,
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  requestContext: { requestId: 'request-1' },
});

const jobsCalled = async (name: string) => {
  const { rows } = await database.pool.query<{ id: number }>('select id from jobs where name = $1', [name]);
  return rows;
};

/** Two processes start in each test, which takes seconds on a busy machine. */
const TIMEOUT_MS = 90_000;

test(
  'a POST whose function is killed after the commit is answered when it is repeated, and makes one job',
  async () => {
    const killed = await startApi();
    writeFileSync(join(pointsDir, 'armed', 'api postgresql commit after'), '');
    await expect(killed.invoke(event('after'))).rejects.toThrow('SIGKILL');
    const [job] = await jobsCalled('after');
    const other = await startApi();
    const reply = replySchema.parse(await other.invoke(event('after')));
    expect(reply).toMatchObject({ statusCode: 201, headers: { 'idempotency-replayed': 'true' } });
    expect(JSON.parse(reply.body)).toMatchObject({ id: job?.id });
    expect(await jobsCalled('after')).toHaveLength(1);
  },
  TIMEOUT_MS,
);

test(
  'a POST whose function is killed before the commit makes no job, and its key is under way until the claim ends',
  async () => {
    const killed = await startApi();
    writeFileSync(join(pointsDir, 'armed', 'api postgresql commit before'), '');
    await expect(killed.invoke(event('before'))).rejects.toThrow('SIGKILL');
    const other = await startApi();
    expect(replySchema.parse(await other.invoke(event('before')))).toMatchObject({ statusCode: 409 });
    expect(await jobsCalled('before')).toEqual([]);
    await database.pool.query(
      `update idempotency_keys set claim_expires_at = now() - interval '1 s' where claim_token is not null`,
    );
    expect(replySchema.parse(await other.invoke(event('before')))).toMatchObject({ statusCode: 201 });
    expect(await jobsCalled('before')).toHaveLength(1);
  },
  TIMEOUT_MS,
);
