import { describe, expect, test } from 'vitest';
import { SigningKeyLimitError, SigningKeyUnreadableError } from '../../../../lib/domain/errors.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const path = '/api/v1/signing-keys';
const key = 'admin-key';

describe('signing keys in the API', () => {
  test('a new key lets the earlier one sign for a day, and its answer has no secret', async () => {
    const { call } = makeTestApi();
    const created = await call('POST', path, { key, json: {} });
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      id: 2,
      createdAt: '2030-01-01T00:00:00.000Z',
      expiresAt: null,
      revokedAt: null,
    });
    const list = await call('GET', path, { key });
    expect(list.json.items).toMatchObject([{ id: 1, expiresAt: '2030-01-02T00:00:00.000Z' }, created.json]);
    expect(list.text + created.text).not.toContain('whsec_');
  });

  test('the keys are listed by pages', async () => {
    const { call } = makeTestApi();
    await call('POST', path, { key, json: { overlapSeconds: 60 } });
    const first = await call('GET', path, { key, query: { limit: '1' } });
    expect(first.json).toMatchObject({ items: [{ id: 1 }] });
    const second = await call('GET', path, { key, query: { limit: '1', cursor: first.json.nextCursor } });
    expect(second.json).toMatchObject({ items: [{ id: 2 }], nextCursor: null });
  });

  test('a secret can be read as often as needed', async () => {
    const { call } = makeTestApi();
    for (let times = 0; times < 2; times += 1) {
      const { status, json } = await call('GET', `${path}/1/secret`, { key });
      expect(status).toBe(200);
      expect(json).toEqual({ id: 1, secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/) });
    }
  });

  test('a revoked key has no secret, and the last key cannot be revoked', async () => {
    const { call } = makeTestApi();
    await call('POST', path, { key, json: {} });
    expect(await call('DELETE', `${path}/1`, { key })).toMatchObject({ status: 204, text: '' });
    expect(await call('GET', `${path}/1/secret`, { key })).toMatchObject({
      status: 404,
      json: { code: 'SIGNING_KEY_NOT_FOUND' },
    });
    expect(await call('DELETE', `${path}/2`, { key })).toMatchObject({
      status: 409,
      json: { code: 'SIGNING_KEY_PROTECTED' },
    });
  });

  test.each([-1, 0.5, 2_592_001, '60', null])(
    'an overlap of %j is refused with the range',
    async (overlapSeconds) => {
      const reply = await makeTestApi().call('POST', path, { key, json: { overlapSeconds } });
      expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'overlapSeconds' }] } });
      expect(reply.json.detail).toContain('an integer from 0 to 2592000');
    },
  );

  test('one key too many, and a secret without its data key, are refused with the remedy', async () => {
    const { call } = makeTestApi({
      createSigningKey: async () => Promise.reject(new SigningKeyLimitError(5)),
      readSigningSecret: async () => Promise.reject(new SigningKeyUnreadableError(1)),
    });
    const created = await call('POST', path, { key, json: {} });
    expect(created).toMatchObject({ status: 409, json: { code: 'SIGNING_KEY_LIMIT' } });
    expect(created.json.detail).toContain('revoke one of them');
    const read = await call('GET', `${path}/1/secret`, { key });
    expect(read).toMatchObject({ status: 409, json: { code: 'SIGNING_KEY_UNREADABLE' } });
  });

  test.each([
    ['POST', path],
    ['GET', path],
    ['GET', `${path}/1/secret`],
    ['DELETE', `${path}/1`],
  ])('the scope admin is required for %s %s', async (method, at) => {
    const { call } = makeTestApi();
    for (const other of ['writer-key', 'reader-key', 'write-only-key']) {
      const reply = await call(method, at, { key: other, json: {} });
      expect(reply).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
      expect(reply.text).not.toContain('whsec_');
    }
  });
});
