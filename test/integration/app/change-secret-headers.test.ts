import { describe, expect, test } from 'vitest';
import { composeDeclaredJobs } from '../../../functions/compose/declared-jobs.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { aJob } from '../../support/a-job.ts';
import { keyRingOf, sealAsBefore } from '../../support/key-rings.ts';
import {
  belfry,
  call,
  CANARY,
  DUE,
  findCanary,
  post,
  sealedBy,
  setUpSecretHeaders,
  storedHeaders,
  target,
  work,
} from './secret-headers-fixture.ts';

setUpSecretHeaders();

const secrets = {
  headers: { Authorization: `Bearer ${CANARY}`, 'X-Tenant': `${CANARY}-tenant`, 'X-Tag': 'a' },
  secretHeaders: ['X-Tenant'],
};

const change = (id: number, changes: object) => call('PATCH', `/api/v1/jobs/${id}`, changes);

/** The headers that the target receives when the job is due. */
async function sentHeaders() {
  await belfry.clock.advanceTo(DUE);
  expect(await work()).toMatchObject({ succeeded: 1 });
  return target.requests[0]?.headers;
}

describe('a change of a job with secret headers', () => {
  test('a change that sends back the placeholders it read keeps the secret headers', async () => {
    const id = await post(secrets);
    const { headers, secretHeaders } = (await call('GET', `/api/v1/jobs/${id}`)).json;
    const changed = await change(id, { headers: { ...headers, 'X-Tag': 'b' }, secretHeaders });
    expect(changed.json).toMatchObject({ headers: { ...headers, 'X-Tag': 'b' }, secretHeaders });
    expect(await sentHeaders()).toMatchObject({
      authorization: `Bearer ${CANARY}`,
      'x-tenant': `${CANARY}-tenant`,
      'x-tag': 'b',
    });
    expect(await findCanary()).toEqual([]);
  });

  test('a change replaces the other headers and keeps a secret header secret', async () => {
    const id = await post(secrets);
    const changed = await change(id, { headers: { 'x-tenant': `${CANARY}-new` } });
    expect(changed.json).toMatchObject({ headers: { 'x-tenant': '[secret]' }, secretHeaders: ['x-tenant'] });
    expect(await storedHeaders(id)).toEqual({ 'x-tenant': sealedBy('first') });
    const sent = await sentHeaders();
    expect(sent).toMatchObject({ 'x-tenant': `${CANARY}-new` });
    expect(sent).not.toHaveProperty('authorization');
    expect(await findCanary()).toEqual([]);
  });

  test('a change can make a plain header secret', async () => {
    const id = await post({ headers: { 'X-Tag': 'a' } });
    const changed = await change(id, { secretHeaders: ['x-tag'] });
    expect(changed.json).toMatchObject({ headers: { 'X-Tag': '[secret]' }, secretHeaders: ['X-Tag'] });
    expect(await storedHeaders(id)).toEqual({ 'X-Tag': sealedBy('first') });
    expect(await sentHeaders()).toMatchObject({ 'x-tag': 'a' });
  });

  test('a change cannot make a secret header readable unless it sends a new value', async () => {
    const id = await post(secrets);
    const refused = await change(id, { secretHeaders: [] });
    expect(refused.json.errors).toEqual([
      { field: 'headers.X-Tenant', message: expect.stringContaining('cannot be shown again') },
    ]);
    const sneaky = { headers: { 'X-Tenant': '[secret]' }, secretHeaders: [] };
    expect((await change(id, sneaky)).status).toBe(400);
    const changed = await change(id, { headers: { 'X-Tenant': 'public' }, secretHeaders: [] });
    expect(changed.json).toMatchObject({ headers: { 'X-Tenant': 'public' }, secretHeaders: [] });
  });

  test('the placeholder of a secret is refused anywhere else', async () => {
    const id = await post({ headers: { 'X-Tag': 'a' } });
    const refused = await change(id, { headers: { Authorization: '[secret]' } });
    expect(refused.json.errors).toEqual([
      { field: 'headers.Authorization', message: expect.stringContaining('send the value itself') },
    ]);
    const job = { schedule: DUE, api: target.url, headers: { 'X-A': '[secret]' }, secretHeaders: ['x-a'] };
    expect((await call('POST', '/api/v1/jobs', job)).json.errors).toMatchObject([{ field: 'headers.X-A' }]);
    expect((await change(id, { headers: { 'X-Tag': '[secret]' } })).json).toMatchObject({
      headers: { 'X-Tag': '[secret]' },
      secretHeaders: [],
    });
  });

  test('a change cannot mark an unknown header as secret', async () => {
    const id = await post(secrets);
    const refused = await change(id, { headers: { 'X-Tag': 'a' }, secretHeaders: ['X-Tenant'] });
    expect(refused.json.errors).toEqual([
      { field: 'secretHeaders', message: expect.stringContaining('X-Tenant is not a header of the job') },
    ]);
  });

  test('changes cannot accumulate more headers than one job may have', async () => {
    const id = await post({ headers: { 'X-A-Token': 'a'.repeat(16_000) } });
    const headers = { 'X-A-Token': '[secret]', 'X-B-Token': 'b'.repeat(16_000) };
    expect((await change(id, { headers })).json.errors).toEqual([
      { field: 'headers', message: expect.stringContaining('not 32018') },
    ]);
  });
});

describe('a change of the URL of a job with secret headers', () => {
  const ELSEWHERE = 'https://elsewhere.example/hook';
  const again = { message: expect.stringContaining('send its value again') };

  test('a change of the URL to another origin must send each secret again, and a refused one changes nothing', async () => {
    const id = await post(secrets);
    const { headers, secretHeaders } = (await call('GET', `/api/v1/jobs/${id}`)).json;
    const errors = ['headers.Authorization', 'headers.X-Tenant'].map((field) => ({ field, ...again }));
    const refused = [
      await change(id, { api: ELSEWHERE }),
      await change(id, { api: ELSEWHERE, headers, secretHeaders }),
      // The same host with another port or protocol is another origin.
      await change(id, { api: target.url.replace('127.0.0.1', 'localhost') }),
      await change(id, { api: `${target.url.replace('http:', 'https:')}/hook` }),
    ];
    expect(refused.map(({ status, json }) => [status, json.errors])).toEqual(
      refused.map(() => [400, errors]),
    );
    const partly = await change(id, {
      api: ELSEWHERE,
      headers: { 'x-tenant': '[secret]', Authorization: CANARY },
    });
    expect(partly.json.errors).toEqual([{ field: 'headers.x-tenant', ...again }]);
    expect(await sentHeaders()).toMatchObject({ authorization: `Bearer ${CANARY}` });
  });

  test('a change of the URL to another origin is accepted with new secrets or without any', async () => {
    const id = await post({ ...secrets, api: ELSEWHERE });
    const changed = await change(id, {
      api: `${target.url}/hook`,
      headers: { Authorization: `Bearer ${CANARY}-new` },
    });
    expect(changed.status).toBe(200);
    expect(await sentHeaders()).toMatchObject({ authorization: `Bearer ${CANARY}-new` });
    const other = await post({ ...secrets, schedule: '@daily' });
    expect((await change(other, { api: ELSEWHERE, headers: { 'X-Tag': 'a' } })).status).toBe(200);
    expect((await change(other, { api: `${target.url}/hook` })).status).toBe(200);
    expect(await findCanary()).toEqual([]);
  });

  test('a change of the URL to another path of the same origin keeps the secret headers', async () => {
    const id = await post(secrets);
    expect((await change(id, { api: `${target.url.replace('http', 'HTTP')}/other` })).status).toBe(200);
    expect(await sentHeaders()).toMatchObject({ authorization: `Bearer ${CANARY}` });
    expect(target.requests[0]?.path).toBe('/other');
  });

  test('a change of the URL to another origin is also refused while the key ring is unavailable', async () => {
    const id = await post(secrets);
    belfry.dataKeys.use(new UnavailableError('Secrets Manager'));
    expect((await change(id, { api: ELSEWHERE })).status).toBe(400);
  });

  test('a secret that an earlier version sealed for any origin is sealed again for the origin of its URL', async () => {
    const id = await post({});
    const before = { Authorization: sealAsBefore(keyRingOf('first'), id, 'Authorization', CANARY) };
    await belfry.parts.pool.query('update jobs set headers = $2 where id = $1', [id, JSON.stringify(before)]);
    expect((await change(id, { api: ELSEWHERE })).json.errors).toMatchObject([
      { field: 'headers.Authorization' },
    ]);
    expect((await change(id, { timeoutMs: 5_000 })).status).toBe(200);
    expect(await storedHeaders(id)).toEqual({ Authorization: sealedBy('first') });
    expect(await sentHeaders()).toMatchObject({ authorization: CANARY });
  });
});

describe('a change while the key ring is unavailable', () => {
  test('a change with secrets is refused while the key ring is unavailable, and any other is accepted', async () => {
    const id = await post(secrets);
    belfry.dataKeys.use(new UnavailableError('Secrets Manager'));
    const job = { schedule: DUE, api: target.url };
    const refused = [
      await call('POST', '/api/v1/jobs', { ...job, ...secrets }),
      await call('POST', '/api/v1/jobs/batch', [job, { ...job, ...secrets }]),
      await change(id, { headers: { 'X-Tenant': 'new' } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect((await call('GET', '/api/v1/jobs')).json.items).toHaveLength(1);

    expect((await call('POST', '/api/v1/jobs', job)).status).toBe(201);
    expect((await change(id, { isActive: false })).status).toBe(200);
    expect((await change(id, { headers: { Authorization: '[secret]' } })).status).toBe(200);
    expect(await storedHeaders(id)).toEqual({ Authorization: sealedBy('first') });
  });
});

describe('a key rotation', () => {
  test('after a key rotation new secrets are sealed with the new key, and both keys open theirs', async () => {
    const changed = await post(secrets);
    const kept = await post(secrets);
    belfry.dataKeys.use(keyRingOf('second', 'first'));
    const made = await post(secrets);
    await change(changed, { timeoutMs: 5_000 });
    const keys = [];
    for (const id of [changed, kept, made]) keys.push((await storedHeaders(id))['Authorization']);
    expect(keys).toEqual([sealedBy('second'), sealedBy('first'), sealedBy('second')]);
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ succeeded: 3 });
    const sent = target.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(Array.from({ length: 3 }, () => `Bearer ${CANARY}`));
  });
});

describe('a declared job with secret headers', () => {
  test('the secrets of a declared job are sealed when it is created, changed and created again', async () => {
    const { declareJob } = composeDeclaredJobs(belfry.parts);
    const declared = aJob({ schedule: DUE, isRecurring: false, api: target.url, ...secrets });
    const { id } = await declareJob('nightly', declared);
    const first = await storedHeaders(id);
    expect(first).toEqual({
      Authorization: sealedBy('first'),
      'X-Tenant': sealedBy('first'),
      'X-Tag': 'a',
    });
    belfry.dataKeys.use(keyRingOf('second', 'first'));
    expect((await declareJob('nightly', declared)).id).toBe(id);
    // The same declaration changes nothing. The command that encrypts with the current key does.
    expect(await storedHeaders(id)).toEqual(first);
    await declareJob('nightly', { ...declared, description: 'changed' });
    await declareJob('nightly', { ...declared, timeoutMs: 5_000 });
    expect(await storedHeaders(id)).toMatchObject({ 'X-Tenant': sealedBy('second') });
    await belfry.deleteJob(id);
    const again = await declareJob('nightly', declared);
    expect(await storedHeaders(again.id)).toMatchObject({ 'X-Tenant': sealedBy('second') });
    expect(await sentHeaders()).toMatchObject({ authorization: `Bearer ${CANARY}` });
    expect(await findCanary()).toEqual([]);
  });

  test('a declared job with secrets is not created while the key ring is unavailable', async () => {
    belfry.dataKeys.use(new UnavailableError('Secrets Manager'));
    const { declareJob } = composeDeclaredJobs(belfry.parts);
    await expect(declareJob('nightly', aJob(secrets))).rejects.toThrow(UnavailableError);
    expect((await call('GET', '/api/v1/jobs')).json.items).toHaveLength(0);
  });
});
