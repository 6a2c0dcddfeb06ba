import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { makeCreateSigningKey } from '../../../lib/app/signing-keys/create-signing-key.ts';
import { makeReadSigningSecret } from '../../../lib/app/signing-keys/read-signing-secret.ts';
import { makeRevokeSigningKey } from '../../../lib/app/signing-keys/revoke-signing-key.ts';
import { httpMethods } from '../../../lib/domain/job.ts';
import type { Parts } from '../../support/belfry.ts';
import type { ReceivedRequest } from '../../support/target.ts';
import { makeTestLog } from '../../support/test-log.ts';
import { until } from '../../support/waiting.ts';
import {
  belfry,
  createDueJob,
  DUE,
  passTimeUntilOver,
  setUpWorker,
  target,
  theExecution,
  work,
} from './worker-fixture.ts';

setUpWorker();

/** The receiver's library compares the timestamp with the system's clock, which the tests' clock does not follow. */
const atBelfrysTime = <T>(check: () => T): T => {
  const { now } = Date;
  Date.now = belfry.clock.nowMs;
  try {
    return check();
  } finally {
    Date.now = now;
  }
};

function verifies(secret: string, { body, headers }: ReceivedRequest): boolean {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  try {
    atBelfrysTime(() => new Webhook(secret).verify(body, given));
    return true;
  } catch {
    return false;
  }
}

const secretOf = (id: number): Promise<string> => makeReadSigningSecret(belfry.parts)(id);
const rotate = (overlapSeconds: number) => makeCreateSigningKey(belfry.parts)({ overlapSeconds });
const revoke = (id: number) => makeRevokeSigningKey(belfry.parts)(id);

/** Sends one request now, by a worker that does not know a key yet. */
async function receive(job: Parameters<typeof createDueJob>[0] = {}): Promise<ReceivedRequest> {
  const before = target.requests.length;
  await createDueJob({ schedule: belfry.clock.now().toISOString(), ...job });
  await work({ environmentId: undefined });
  const [request] = target.requests.slice(before);
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}

describe('a request', () => {
  test.each([
    ['no body', null],
    ['JSON', { a: [1, 'é☃𝄞'] }],
    ['a string', 'plain <text> ☃'],
    ['a body that is read from PostgreSQL', { text: 'ü'.repeat(100_000) }],
  ])('the library of Standard Webhooks verifies a request with %s', async (_, body) => {
    const request = await receive({ body: JSON.stringify(body) });
    const secret = await secretOf(1);
    // The library parses the body as JSON after it has verified the signature.
    if (typeof body !== 'string' && body !== null) expect(verifies(secret, request)).toBe(true);
    const {
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': signature,
    } = request.headers;
    const signed = new Webhook(secret).sign(String(id), new Date(Number(seconds) * 1_000), request.body);
    expect(signature).toBe(signed);
  });

  test.each(httpMethods)('a request with the method %s is signed', async (method) => {
    const { headers } = await receive({ method });
    const signed = new Webhook(await secretOf(1)).sign(
      String(headers['webhook-id']),
      new Date(Number(headers['webhook-timestamp']) * 1_000),
      '',
    );
    expect(headers['webhook-signature']).toBe(signed);
  });

  test('attempts of one execution have the same id, and each has its own timestamp and signature', async () => {
    target.answerWith(500);
    const first = await receive();
    target.answerWith(200);
    await belfry.clock.advanceBy(1_000);
    await work();
    const [, second] = target.requests;
    expect(second?.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second?.headers['webhook-id']).toBe(first.headers['idempotency-key']);
    expect(Number(second?.headers['webhook-timestamp'])).toBe(Number(first.headers['webhook-timestamp']) + 1);
    expect(second?.headers['webhook-signature']).not.toBe(first.headers['webhook-signature']);
  });

  test('a changed body, another secret and an old timestamp are refused', async () => {
    const request = await receive({ body: '{"amount":1}' });
    const secret = await secretOf(1);
    expect(verifies(secret, request)).toBe(true);
    expect(verifies(secret, { ...request, body: '{"amount":2}' })).toBe(false);
    expect(verifies(`whsec_${Buffer.alloc(32).toString('base64')}`, request)).toBe(false);
    await belfry.clock.advanceBy(301_000);
    expect(verifies(secret, request)).toBe(false);
  });

  test('headers of Standard Webhooks that a job of an earlier version has are replaced', async () => {
    await createDueJob();
    await belfry.parts.pool.query(
      `update jobs set headers = '{"Webhook-Id": "mine", "WEBHOOK-SIGNATURE": "v1,mine", "X-Tag": "a"}', revision = revision + 1`,
    );
    await belfry.parts.pool.query(`update job_executions set job_revision = job_revision + 1`);
    await belfry.clock.advanceTo(DUE);
    await work();
    const [request] = target.requests;
    expect(request?.headers['x-tag']).toBe('a');
    expect(request?.headers['webhook-id']).toBe(request?.headers['idempotency-key']);
    expect(request?.headers['webhook-signature']).toMatch(/^v1,[^,]{44}$/);
  });
});

describe('a rotation', () => {
  test('during the overlap, a receiver with the old or the new secret accepts a request', async () => {
    const created = await rotate(60);
    expect(created).toMatchObject({ id: 2, expiresAt: null, revokedAt: null });
    const [older, newer] = [await secretOf(1), await secretOf(2)];
    const request = await receive({ body: '{}' });
    expect(String(request.headers['webhook-signature']).split(' ')).toHaveLength(2);
    expect([verifies(older, request), verifies(newer, request)]).toEqual([true, true]);
    await belfry.clock.advanceBy(60_000);
    const later = await receive({ body: '{}' });
    expect([verifies(older, later), verifies(newer, later)]).toEqual([false, true]);
    await expect(secretOf(1)).rejects.toMatchObject({ code: 'SIGNING_KEY_NOT_FOUND' });
  });

  test('a worker that runs uses a new key after at most a minute', async () => {
    await receive({ body: '{}' });
    await rotate(3_600);
    const newer = await secretOf(2);
    const worker = belfry;
    await belfry.clock.advanceBy(60_000);
    const { runWorker } = worker;
    await createDueJob({ schedule: belfry.clock.now().toISOString(), body: '{}' });
    await runWorker(belfry.inMs(180_000));
    expect(verifies(newer, target.requests.at(-1)!)).toBe(true);
  });

  test('at most five keys sign at once, unless the new one replaces them', async () => {
    for (let n = 2; n <= 5; n += 1) await rotate(3_600);
    await expect(rotate(3_600)).rejects.toMatchObject({ code: 'SIGNING_KEY_LIMIT' });
    expect(await rotate(0)).toMatchObject({ id: 6 });
    const { headers } = await receive();
    expect(headers['webhook-signature']).toMatch(/^v1,[^ ]+$/);
  });

  test('a revoked key no longer signs, and has no secret', async () => {
    await rotate(3_600);
    const newer = await secretOf(2);
    await revoke(1);
    const request = await receive({ body: '{}' });
    expect(request.headers['webhook-signature']).toMatch(/^v1,[^ ]+$/);
    expect(verifies(newer, request)).toBe(true);
    await expect(revoke(1)).rejects.toMatchObject({ code: 'SIGNING_KEY_NOT_FOUND' });
    const { rows } = await belfry.parts.pool.query('select secret from signing_keys where id = 1');
    expect(rows).toEqual([{ secret: null }]);
  });

  test('the last key cannot be revoked, also when two are revoked at once', async () => {
    await rotate(3_600);
    const results = await Promise.allSettled([revoke(1), revoke(2)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { headers } = await receive();
    expect(headers['webhook-signature']).toMatch(/^v1,[^ ]+$/);
  });
});

/** Reads of the signing keys wait until `open` is called. */
function holdKeys() {
  const gate = Promise.withResolvers<void>();
  const query: Parts['pool']['query'] = async (statement, values) => {
    if (typeof statement === 'object' && statement.name === 'list_sealed_signing_keys') await gate.promise;
    return belfry.pool.query<never>(statement, values);
  };
  return { pool: { ...belfry.pool, query }, open: () => gate.resolve() };
}

const isHeld = async () => (await belfry.queue.stats(belfry.clock.nowMs())).processing === 1;

describe('a worker without keys', () => {
  test('no execution is claimed while its worker waits for the signing keys', async () => {
    const job = await createDueJob({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await belfry.clock.advanceTo(DUE);
    const { pool, open } = holdKeys();
    const running = work({ pool });
    await until(isHeld);
    for (let step = 0; step < 20; step += 1) {
      await belfry.clock.advanceBy(100);
      expect(await theExecution(job.id)).toMatchObject({ status: 'SCHEDULED' });
    }
    open();
    expect(await passTimeUntilOver(running)).toMatchObject({ attempts: 1, succeeded: 1 });
    expect(target.requests[0]?.headers['webhook-signature']).toMatch(/^v1,/);
  });

  test('a worker waits for signing keys that never come once, and then sends without them', async () => {
    await createDueJob();
    await createDueJob({ schedule: '2030-03-04T10:00:09.000Z' });
    await belfry.clock.advanceTo(DUE);
    const { pool, open } = holdKeys();
    const running = work({ pool });
    await until(isHeld);
    expect(await passTimeUntilOver(running)).toMatchObject({ attempts: 2, succeeded: 2 });
    open();
    expect(target.requests[0]?.headers).not.toHaveProperty('webhook-signature');
    const [first, second] = target.requests.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect((first ?? 0) - Date.parse(DUE) / 1_000).toBeGreaterThanOrEqual(3);
    expect((second ?? 0) - Date.parse(DUE) / 1_000).toBe(4);
  });

  test('a worker sends with the keys that it knows while they cannot be read', async () => {
    const { runWorker } = belfry;
    await createDueJob({ body: '{}' });
    await belfry.clock.advanceTo(DUE);
    await runWorker(belfry.inMs(180_000));
    belfry.dataKeys.use(new Error('no answer'));
    await belfry.clock.advanceBy(3_600_000);
    await createDueJob({ schedule: belfry.clock.now().toISOString(), body: '{}' });
    await runWorker(belfry.inMs(180_000));
    expect(target.requests).toHaveLength(2);
    expect(target.requests[1]?.headers['webhook-signature']).toMatch(/^v1,/);
  });

  test('a worker that never read the keys sends without a signature, and logs it without a secret', async () => {
    const { logger, logs } = makeTestLog();
    belfry.dataKeys.use(new Error('no answer'));
    await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await work({ logger });
    expect(target.requests[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(target.requests[0]?.headers).toHaveProperty('webhook-id');
    expect(logs).toContainEqual(expect.objectContaining({ event: 'signing_keys_not_read' }));
  });
});
