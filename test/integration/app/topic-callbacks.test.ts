import { afterEach, beforeEach, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { makeReadSigningSecret } from '../../../lib/app/signing-keys/read-signing-secret.ts';
import { makeMakePublishRequest } from '../../../lib/sns/publish-request.ts';
import { knownCredentials } from '../../../local/services/sqs.ts';
import { compose, type Parts } from '../../support/belfry.ts';
import { startSns, TOPIC_ARN } from '../../support/sns.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

let sns: Awaited<ReturnType<typeof startSns>>;
let parts: Partial<Parts>;

beforeEach(async () => {
  sns = await startSns();
  parts = {
    callbackTargets: { failure: TOPIC_ARN, recovery: TOPIC_ARN },
    makePublishRequest: makeMakePublishRequest({
      credentials: async () => knownCredentials,
      endpoint: sns.endpoint,
    }),
  };
});
afterEach(() => sns.close());

const tick = () => compose({ ...belfry.parts, ...parts }).runTick(belfry.inMs(50_000));

/** Runs a job whose target answers so, until the report of its end is recorded. */
async function runFailing(): Promise<number> {
  await tick();
  target.answerWith(500);
  const job = await createDueJob({ maxRetryCount: 0, headers: { 'X-Team': 'billing' } });
  await belfry.clock.advanceTo(DUE);
  await work(parts);
  await work(parts);
  return job.id;
}

const callback = async () => {
  const { rows } = await belfry.parts.pool.query(
    `select status, retry_count as "retryCount", status_code as "statusCode", request_url as url
       from job_executions where trigger = 'CALLBACK'`,
  );
  return rows;
};

test('a topic of the deployment receives the report of a failure, signed for AWS and by Standard Webhooks', async () => {
  const jobId = await runFailing();
  const [message, ...others] = await sns.receive();
  expect(others).toEqual([]);
  expect(message?.Subject).toBe('Belfry: job.failed');
  expect(JSON.parse(message?.Message ?? '')).toMatchObject({
    type: 'job.failed',
    data: { job: { id: jobId }, execution: { status: 'FAILED', statusCode: 500 }, failuresInARow: 1 },
  });
  const attributes = Object.fromEntries(
    Object.entries(message?.MessageAttributes ?? {}).map(([name, { Value }]) => [name, Value]),
  );
  expect(Object.keys(attributes).toSorted()).toEqual([
    'type',
    'webhook-id',
    'webhook-signature',
    'webhook-timestamp',
  ]);
  expect(attributes['type']).toBe('job.failed');
  const secret = await makeReadSigningSecret(belfry.parts)(1);
  expect(attributes['webhook-signature']).toBe(
    new Webhook(secret).sign(
      String(attributes['webhook-id']),
      new Date(Number(attributes['webhook-timestamp']) * 1_000),
      message?.Message ?? '',
    ),
  );
  expect(await callback()).toEqual([{ status: 'SUCCESS', retryCount: 0, statusCode: 200, url: TOPIC_ARN }]);
});

test('a report that the topic refuses is retried like any other, and its answer is kept', async () => {
  sns.refuseWith(403);
  await runFailing();
  expect(await callback()).toMatchObject([{ status: 'RETRYING', retryCount: 1, statusCode: 403 }]);
  const { rows } = await belfry.parts.pool.query(
    `select response_body as body from job_attempts order by execution_id desc limit 1`,
  );
  expect(rows[0]?.body).toContain('AuthorizationError');
  sns.refuseWith(undefined);
  await belfry.clock.advanceBy(1_000);
  await work(parts);
  expect(await callback()).toMatchObject([{ status: 'SUCCESS', retryCount: 1 }]);
  expect(await sns.receive()).toHaveLength(1);
});

test('a report waits for its retry while the credentials cannot be read', async () => {
  parts.makePublishRequest = () => Promise.reject(new Error('no role'));
  await runFailing();
  expect(await callback()).toMatchObject([{ status: 'RETRYING', retryCount: 1, statusCode: null }]);
  expect(await sns.receive()).toEqual([]);
});

test('a URL of the job itself receives its reports instead of the topic', async () => {
  await tick();
  target.answerWith(500);
  await createDueJob({ maxRetryCount: 0, onFailure: `${target.url}/mine` });
  await belfry.clock.advanceTo(DUE);
  await work(parts);
  await work(parts);
  expect(target.requests.map(({ path }) => path)).toContain('/mine');
  expect(await sns.receive()).toEqual([]);
});
