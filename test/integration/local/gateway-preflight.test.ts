import type { APIGatewayProxyEvent } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import { startGateway } from '../../../local/gateway/gateway.ts';

describe('a preflight request', () => {
  const APP = 'https://app.example.com';
  const ADMIN = 'https://admin.example.com';

  let events: APIGatewayProxyEvent[] = [];
  beforeEach(() => {
    events = [];
  });

  async function ask(corsOrigins: readonly string[] | undefined, path: string, origin = APP) {
    const other = await startGateway({
      port: 0,
      invoke: async (event) => {
        events.push(event);
        return { statusCode: 405, headers: { allow: 'GET' }, body: '' };
      },
      local: {},
      corsOrigins,
      report: () => {},
    });
    try {
      const headers = { origin, 'access-control-request-method': 'PATCH' };
      const response = await fetch(`${other.address}${path}`, { method: 'OPTIONS', headers });
      const about = [...response.headers].filter(([name]) => /^(access-control-|vary|allow$)/.test(name));
      return { status: response.status, headers: Object.fromEntries(about), text: await response.text() };
    } finally {
      await other.stop(0);
    }
  }

  const allowed = {
    'access-control-allow-methods': 'POST,GET,HEAD,PUT,PATCH,DELETE,OPTIONS',
    'access-control-allow-headers':
      'Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match,X-API-Key,X-Belfry-Reason',
    'access-control-max-age': '3600',
  };

  test.each(['/api/v1/jobs', '/api/v1/jobs/', '/api/v1/jobs/7/history', '/api/v1/jobs/batch', '/health'])(
    'a preflight request to %s is answered without a key and without the function',
    async (path) => {
      for (const origin of [APP, ADMIN]) {
        const headers = { ...allowed, 'access-control-allow-origin': origin, vary: 'Origin' };
        expect(await ask([APP, ADMIN], path, origin)).toEqual({ status: 204, headers, text: '' });
      }
      expect(events).toEqual([]);
    },
  );

  test('a preflight request of a page that may not call receives another origin', async () => {
    for (const origin of ['https://evil.example', 'null', `${ADMIN}.evil.example`, '*']) {
      const { headers } = await ask([APP, ADMIN], '/health', origin);
      expect(headers['access-control-allow-origin']).toBe(APP);
    }
  });

  test('every preflight request receives the same response when all pages may call', async () => {
    const headers = { ...allowed, 'access-control-allow-origin': '*' };
    expect(await ask(['*'], '/health')).toEqual({ status: 204, headers, text: '' });
  });

  test('a preflight request reaches the function when no page may call, or when the path does not exist', async () => {
    expect(await ask(undefined, '/health')).toEqual({ status: 405, headers: { allow: 'GET' }, text: '' });
    expect((await ask([APP], '/nothing')).status).toBe(405);
    expect(events.map(({ httpMethod, path }) => `${httpMethod} ${path}`)).toEqual([
      'OPTIONS /health',
      'OPTIONS /nothing',
    ]);
  });
});
