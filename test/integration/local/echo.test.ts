import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEcho } from '../../../local/gateway/echo.ts';
import { type Gateway, startGateway } from '../../../local/gateway/gateway.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    port: 0,
    invoke: () => Promise.reject(new Error('not the echo')),
    local: { '/_local/echo': makeEcho() },
    report: () => {},
  });
});

afterAll(() => gateway.stop(0));

const call = (query = '', init?: RequestInit) => fetch(`${gateway.address}/_local/echo${query}`, init);

describe('the echo target', () => {
  test('the echo target returns the request it received, and shows no secrets', async () => {
    const response = await call('?a=1', {
      method: 'PUT',
      headers: {
        'x-api-key': 'secret-1',
        authorization: 'secret-2',
        cookie: 'secret-3',
        'x-belfry-attempt': '2',
        'x-tag': 'seen',
      },
      body: '{"hello":"world"}',
    });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).not.toContain('secret');
    expect(JSON.parse(text)).toMatchObject({
      method: 'PUT',
      query: { a: '1' },
      headers: { 'x-api-key': '***', authorization: '***', cookie: '***', 'x-tag': 'seen' },
      attempt: 2,
      body: '{"hello":"world"}',
      bodyBytes: 17,
    });
  });

  test('the echo target asks for a pause when it fails', async () => {
    const first = await call('?failTimes=1&key=pause&retryAfter=20');
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '20']);
    const second = await call('?failTimes=1&key=pause&retryAfter=20');
    expect([second.status, second.headers.get('retry-after')]).toEqual([200, null]);
  });

  test('the echo target keeps the start of a long body', async () => {
    const response = await call('', { method: 'POST', body: 'x'.repeat(300_000) });
    expect(await response.json()).toMatchObject({ body: 'x'.repeat(65_536), bodyBytes: 300_000 });
  });

  test.each([200, 204, 301, 404, 503])('the echo target answers %i on request', async (status) => {
    expect((await call(`?status=${status}`, { redirect: 'manual' })).status).toBe(status);
  });

  test('the echo target fails as often as requested, for each key', async () => {
    const statuses = async (query: string, headers: Record<string, string> = {}) => {
      const answers = [];
      for (let i = 0; i < 4; i++) answers.push((await call(query, { headers })).status);
      return answers;
    };
    expect(await statuses('?failTimes=2&key=abc')).toEqual([500, 500, 200, 200]);
    expect(await statuses('?failTimes=1&key=other')).toEqual([500, 200, 200, 200]);
    expect(await statuses('?failTimes=3', { 'idempotency-key': 'mine' })).toEqual([500, 500, 500, 200]);
  });

  test('the echo target waits as long as requested', async () => {
    const startedMs = performance.now();
    await call('?delayMs=60');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(59);
  });

  test.each([
    '?status=99',
    '?status=abc',
    '?delayMs=-1',
    '?delayMs=120001',
    '?failTimes=1',
    '?failTimes=x&key=a',
  ])('the echo target explains its parameters when it receives an invalid one (%s)', async (query) => {
    const response = await call(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      detail: expect.stringContaining('status must be 200 to 599'),
    });
  });
});
