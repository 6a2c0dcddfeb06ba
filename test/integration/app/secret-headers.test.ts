import { describe, expect, test } from 'vitest';
import { insertJobs } from '../../../lib/db/jobs.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { aJob } from '../../support/a-job.ts';
import { keyRingOf } from '../../support/key-rings.ts';
import { startTarget } from '../../support/target.ts';
import {
  belfry,
  call,
  CANARY,
  DUE,
  dump,
  findCanary,
  post,
  postText,
  sealedBy,
  setUpSecretHeaders,
  storedHeaders,
  target,
  tick,
  work,
} from './secret-headers-fixture.ts';

setUpSecretHeaders();

const TOKEN = `Bearer ${CANARY}`;
const secrets = {
  headers: { Authorization: TOKEN, 'X-Tenant': `${CANARY}-tenant`, 'X-Tag': 'a' },
  secretHeaders: ['x-tenant'],
};
const shown = {
  headers: { Authorization: '[secret]', 'X-Tenant': '[secret]', 'X-Tag': 'a' },
  secretHeaders: ['Authorization', 'X-Tenant'],
};
const onlyExecution = async (id: number) => {
  const executions = await belfry.executions(id);
  expect(executions).toHaveLength(1);
  return executions[0]!;
};

describe('a secret header', () => {
  test('a secret header reaches the target, also on a retry, and appears nowhere else on its way', async () => {
    const id = await post({ ...secrets, maxRetryCount: 1 });
    expect(await storedHeaders(id)).toEqual({
      Authorization: sealedBy('first'),
      'X-Tenant': sealedBy('first'),
      'X-Tag': 'a',
    });
    expect(await dump.redis()).toContain('v2:first:');
    expect(await findCanary()).toEqual([]);

    target.answerWith(500);
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ retried: 1 });
    expect(await findCanary()).toEqual([]);
    target.answerWith(200);
    await belfry.clock.advanceBy(1_000);
    expect(await work()).toMatchObject({ succeeded: 1 });
    const sent = { authorization: TOKEN, 'x-tenant': `${CANARY}-tenant`, 'x-tag': 'a' };
    expect(target.requests.map(({ headers }) => headers)).toMatchObject([sent, sent]);
    expect(await findCanary()).toEqual([]);
  });

  test('no response shows the value of a secret header; every response shows its name', async () => {
    const id = await post(secrets);
    expect((await call('GET', `/api/v1/jobs/${id}`)).json).toMatchObject(shown);
    expect((await call('GET', '/api/v1/jobs')).json.items).toMatchObject([shown]);
    expect((await call('PATCH', `/api/v1/jobs/${id}`, { name: 'renamed' })).json).toMatchObject(shown);
    await call('GET', `/api/v1/jobs/${id}/history`);
    expect(await findCanary()).toEqual([]);
  });

  test('a secret header of a batch is sealed for its own job, and the jobs keep their order', async () => {
    const jobs = Array.from({ length: 20 }, (_, place) => ({
      schedule: DUE,
      api: `${target.url}/${place}`,
      name: String(place),
      ...(place % 2 === 0 && { headers: { 'X-Api-Key': `${CANARY}-${place}` } }),
    }));
    const { json } = await call('POST', '/api/v1/jobs/batch', { jobs });
    expect(json.items.map(({ name }: { name: string }) => name)).toEqual(jobs.map(({ name }) => name));
    const { json: listed } = await call('GET', '/api/v1/jobs');
    expect(listed.items.map(({ name }: { name: string }) => name)).toEqual(jobs.map(({ name }) => name));
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ succeeded: 20 });
    const keys = Object.fromEntries(target.requests.map(({ path, headers }) => [path, headers['x-api-key']]));
    for (const place of jobs.keys())
      expect(keys[`/${place}`]).toBe(place % 2 === 0 ? `${CANARY}-${place}` : undefined);
    expect(await findCanary()).toEqual([]);
  });

  test('a tick queues a secret header again unchanged when Redis has lost everything', async () => {
    await post(secrets);
    await belfry.redis.flushdb();
    await tick();
    expect(await dump.redis()).toContain('v2:first:');
    expect(await findCanary()).toEqual([]);
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ succeeded: 1 });
    expect(target.requests[0]?.headers.authorization).toBe(TOKEN);
  });

  test('the response to an invalid secret header does not contain its value', async () => {
    const wrong = {
      Authorization: `${TOKEN}\n`,
      Host: CANARY,
      'X-Tenant': [CANARY],
      'X-Big': CANARY.repeat(2_000),
    };
    for (const headers of [wrong, CANARY, { Cookie: { a: CANARY } }]) {
      const job = { schedule: DUE, api: target.url, headers };
      expect((await call('POST', '/api/v1/jobs', job)).status).toBe(400);
      expect((await call('POST', '/api/v1/jobs/batch', [job])).status).toBe(400);
    }
    expect(await findCanary()).toEqual([]);
  });

  test('the response to a body that is not JSON does not contain a secret header', async () => {
    const broken = [`{"headers":{"Authorization":"${CANARY}" x`, `{"a":${CANARY}}`, `"${CANARY}`, CANARY];
    for (const body of broken) expect(await postText(body)).toBe(400);
    expect(await findCanary()).toEqual([]);
  });
});

describe('a worker that cannot open a secret header', () => {
  const LOST = 'not sent: the secret header Authorization cannot be decrypted: the key first is missing';

  test('a worker that cannot open a secret header sends nothing, and retries when the key is back', async () => {
    const id = await post({ headers: { Authorization: TOKEN }, maxRetryCount: 2 });
    belfry.dataKeys.use(keyRingOf('second'));
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ retried: 1 });
    expect(target.requests).toEqual([]);
    expect(await onlyExecution(id)).toMatchObject({ status: 'RETRYING', retryCount: 1, errorMessage: LOST });
    expect(dump.logs()).toContain('headers_not_opened');

    belfry.dataKeys.use(new UnavailableError('Secrets Manager'));
    await belfry.clock.advanceBy(1_000);
    expect(await work()).toMatchObject({ retried: 1 });
    expect(await onlyExecution(id)).toMatchObject({
      errorMessage:
        'not sent: the keys of its secret headers are not available: Secrets Manager does not answer; try again shortly',
    });

    belfry.dataKeys.use(keyRingOf('second', 'first'));
    await belfry.clock.advanceBy(2_000);
    expect(await work()).toMatchObject({ succeeded: 1 });
    expect(target.requests).toHaveLength(1);
    expect(await findCanary()).toEqual([]);
  });

  test('an execution without retries fails when its secret header cannot be opened, and says that nothing was sent', async () => {
    const id = await post({ headers: { Authorization: TOKEN }, type: 'AT_MOST_ONCE' });
    belfry.dataKeys.use(keyRingOf('second'));
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ failed: 1 });
    expect(await onlyExecution(id)).toMatchObject({ status: 'FAILED', errorMessage: LOST });
    expect(target.requests).toEqual([]);
  });

  test('a worker without keys still sends jobs that have no secrets', async () => {
    belfry.dataKeys.use(new UnavailableError('Secrets Manager'));
    await post({ headers: { 'X-Tag': 'a' } });
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ succeeded: 1 });
  });

  test('a secret that was moved to another job in the database is not sent', async () => {
    const theirs = await post({ headers: { Authorization: TOKEN } });
    const mine = await post({
      headers: { Authorization: 'mine' },
      maxRetryCount: 0,
      api: `${target.url}/mine`,
    });
    await belfry.parts.pool.query(
      'update jobs set headers = (select headers from jobs where id = $1) where id = $2',
      [theirs, mine],
    );
    await belfry.redis.flushdb();
    await tick();
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ succeeded: 1, failed: 1 });
    expect(target.requests.map(({ path }) => path)).toEqual(['/hook']);
    expect((await onlyExecution(mine)).errorMessage).toContain(
      'it was changed, or encrypted for another job',
    );
  });
});

describe('a secret of a job whose URL was changed without the API', () => {
  const MOVED = 'it was changed, or encrypted for another job, header or origin of the URL';

  test('a secret is not sent when the URL of its job was changed in PostgreSQL', async () => {
    const theirs = await startTarget();
    const id = await post({ headers: { Authorization: TOKEN }, maxRetryCount: 0 });
    await belfry.parts.pool.query('update jobs set api = $2 where id = $1', [id, theirs.url]);
    await belfry.redis.flushdb();
    await tick();
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ failed: 1 });
    expect([...theirs.requests, ...target.requests]).toEqual([]);
    expect((await onlyExecution(id)).errorMessage).toContain(MOVED);
    await theirs.close();
  });

  test('a secret is not sent when the URL of its job was changed in Redis', async () => {
    const theirs = await startTarget();
    const id = await post({ headers: { Authorization: TOKEN }, maxRetryCount: 0 });
    const [key = ''] = await belfry.redis.keys(`*payload:${(await onlyExecution(id)).id}`);
    const payload = (await belfry.redis.get(key)) ?? '';
    await belfry.redis.set(key, payload.replace(`${target.url}/hook`, theirs.url), 'KEEPTTL');
    expect(await belfry.redis.get(key)).toContain(theirs.url);
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ failed: 1 });
    expect([...theirs.requests, ...target.requests]).toEqual([]);
    expect((await onlyExecution(id)).errorMessage).toContain(MOVED);
    await theirs.close();
  });
});

describe('headers that were stored before encryption existed', () => {
  test('headers that were stored before encryption existed are hidden, sent, and sealed by the next change of the request', async () => {
    const nextExecutionTime = new Date(DUE);
    const old = aJob({
      schedule: DUE,
      isRecurring: false,
      api: target.url,
      headers: { Authorization: TOKEN, 'X-Tag': 'a' },
    });
    const [job] = await insertJobs(belfry.parts.pool, [{ ...old, nextExecutionTime }], nextExecutionTime);
    const id = job!.id;
    const { json } = await call('GET', `/api/v1/jobs/${id}`);
    expect(json).toMatchObject({ headers: { Authorization: '[secret]' }, secretHeaders: ['Authorization'] });
    await tick();

    await call('PATCH', `/api/v1/jobs/${id}`, { timeoutMs: 5_000 });
    expect(await storedHeaders(id)).toEqual({ Authorization: sealedBy('first'), 'X-Tag': 'a' });
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ succeeded: 1 });
    expect(target.requests[0]?.headers.authorization).toBe(TOKEN);
  });
});
