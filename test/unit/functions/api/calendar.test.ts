import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

const PATH = '/calendar.ics';

describe('the calendar', () => {
  test('a token in the address reads the calendar', async () => {
    const { call } = makeTestApi();
    const reply = await call('GET', PATH, { key: null, query: { token: 'calendar-key' } });
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'text/calendar; charset=utf-8' } });
    expect(reply.text).toContain('SUMMARY:report\r\n');
  });

  test('a key in a header reads the calendar, regardless of its other scopes', async () => {
    const { call } = makeTestApi();
    for (const key of ['calendar-key', 'calendar-reader-key'])
      expect(await call('GET', PATH, { key })).toMatchObject({ status: 200 });
    expect(await call('GET', PATH, { key: 'writer-key' })).toMatchObject({ status: 403 });
  });

  test('a key with further scopes is refused in an address, with the remedy', async () => {
    const { call } = makeTestApi();
    const query = { token: 'calendar-reader-key' };
    expect(await call('GET', PATH, { key: null, query })).toMatchObject({
      status: 403,
      json: { code: 'FORBIDDEN', detail: expect.stringContaining('create a key with only that scope') },
    });
  });

  test.each([null, '', 'unknown', 'x'.repeat(600)])('the token %j is refused', async (token) => {
    const { call } = makeTestApi();
    const query: Record<string, string> = token === null ? {} : { token };
    expect((await call('GET', PATH, { key: null, query })).status).toBe(401);
  });

  test('a token opens no other route, and no other route reads a token', async () => {
    const { call } = makeTestApi();
    for (const path of ['/api/v1/jobs', '/api/v1/upcoming', '/api/v1/keys', '/metrics']) {
      expect((await call('GET', path, { key: 'calendar-key' })).status).toBe(403);
      expect((await call('GET', path, { key: null, query: { token: 'writer-key' } })).status).toBe(401);
    }
  });

  test('an unknown parameter is refused', async () => {
    const { call } = makeTestApi();
    const query = { token: 'calendar-key', days: '7' };
    expect(await call('GET', PATH, { key: null, query })).toMatchObject({ status: 400 });
  });

  test('no log line has the token', async () => {
    const { call, logs } = makeTestApi();
    await call('GET', PATH, { key: null, query: { token: 'calendar-key' } });
    await call('GET', PATH, { key: null, query: { token: 'wrong-token' } });
    expect(JSON.stringify(logs)).not.toMatch(/calendar-key|wrong-token/);
  });
});
