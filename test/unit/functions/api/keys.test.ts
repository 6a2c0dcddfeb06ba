import { describe, expect, test } from 'vitest';
import { ApiKeyProtectedError, ValidationError } from '../../../../lib/domain/errors.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const asked = { name: 'dashboard', scopes: ['read'] };
const key = 'admin-key';

describe('a key in the API', () => {
  test('a key is shown when it is created, works, and is never shown again', async () => {
    const { call } = makeTestApi();
    const made = await call('POST', '/api/v1/keys', { key, json: asked });
    expect(made.status).toBe(201);
    expect(made.headers).not.toHaveProperty('location');
    expect(made.json).toEqual({
      id: 7,
      ...asked,
      expiresAt: null,
      rateLimitPerSecond: null,
      createdAt: '2030-01-01T00:00:00.000Z',
      lastUsedAt: null,
      revokedAt: null,
      key: expect.stringMatching(/^bfy_[\w-]{43}$/),
    });
    expect((await call('GET', '/api/v1/jobs', { key: made.json.key })).status).toBe(200);
    const list = await call('GET', '/api/v1/keys', { key });
    const { key: shown, ...listed } = made.json;
    expect(list.json.items[6]).toEqual(listed);
    expect(list.text).not.toContain(shown);
    expect(list.text).not.toMatch(/hash/i);
  });

  test('the keys are listed by pages', async () => {
    const { call } = makeTestApi();
    const { json } = await call('GET', '/api/v1/keys', {
      key,
      query: { limit: '1', offset: '2', count: 'true' },
    });
    expect(json).toMatchObject({ total: 6, limit: 1, offset: 2, items: [{ name: 'admin-key' }] });
  });

  test('a revoked key is refused within 5 s', async () => {
    const { call, clock } = makeTestApi();
    const made = (await call('POST', '/api/v1/keys', { key, json: asked })).json;
    await call('GET', '/api/v1/jobs', { key: made.key });
    expect(await call('DELETE', `/api/v1/keys/${made.id}`, { key })).toMatchObject({ status: 204, text: '' });
    await clock.advanceBy(5_000);
    expect((await call('GET', '/api/v1/jobs', { key: made.key })).status).toBe(401);
    expect(await call('DELETE', `/api/v1/keys/${made.id}`, { key })).toMatchObject({
      status: 404,
      json: { code: 'API_KEY_NOT_FOUND' },
    });
  });

  test.each(['0', '-1', 'x', '99999999999999999'])('no key is looked up by the id %s', async (id) => {
    const reply = await makeTestApi().call('DELETE', `/api/v1/keys/${id}`, { key });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'id' }] } });
    expect(reply.json.detail).toContain('the id of a key');
  });

  test.each([
    ['POST', '/api/v1/keys'],
    ['GET', '/api/v1/keys'],
    ['DELETE', '/api/v1/keys/1'],
  ])('the scope admin is required for %s %s', async (method, path) => {
    const { call } = makeTestApi();
    expect((await call(method, path, { key: null, json: asked })).status).toBe(401);
    const reply = await call(method, path, { key: 'writer-key', json: asked });
    expect(reply).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
  });

  test('a key with only the scope admin reads no job', async () => {
    expect((await makeTestApi().call('GET', '/api/v1/jobs', { key })).status).toBe(403);
  });
});

describe('a refused change of keys', () => {
  test('a name that another key has is refused with the reason', async () => {
    const { call } = makeTestApi();
    await call('POST', '/api/v1/keys', { key, json: asked });
    const reply = await call('POST', '/api/v1/keys', { key, json: asked });
    expect(reply).toMatchObject({ status: 409, json: { code: 'API_KEY_NAME_TAKEN', title: 'Conflict' } });
    expect(reply.json.detail).toContain('dashboard');
  });

  test('revoking the last key that may manage keys is refused with the reason', async () => {
    const revokeApiKey = async () => {
      throw new ApiKeyProtectedError('make another first');
    };
    const reply = await makeTestApi({ revokeApiKey }).call('DELETE', '/api/v1/keys/1', { key });
    expect(reply).toMatchObject({
      status: 409,
      json: { code: 'API_KEY_PROTECTED', detail: 'make another first' },
    });
  });

  test('an expiry that only the clock can judge is refused with the reason', async () => {
    const createApiKey = async () => {
      throw new ValidationError([{ field: 'expiresAt', message: 'must be in the future' }]);
    };
    const json = { ...asked, expiresAt: '2020-01-01T00:00:00Z' };
    const reply = await makeTestApi({ createApiKey }).call('POST', '/api/v1/keys', { key, json });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'expiresAt' }] } });
  });

  test('a body with more fields than a key needs is refused', async () => {
    const json = { ...asked, name: 'x'.repeat(16_384) };
    expect((await makeTestApi().call('POST', '/api/v1/keys', { key, json })).status).toBe(413);
  });
});
