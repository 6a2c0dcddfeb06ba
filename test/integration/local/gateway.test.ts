import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { apiLimits } from '../../../lib/api/limits.ts';
import { events, gateway, setUpGateway } from './gateway-fixture.ts';

setUpGateway();

async function eventOf(path: string, init?: RequestInit): Promise<APIGatewayProxyEvent> {
  await fetch(`${gateway.address}${path}`, init);
  const event = events.at(-1);
  if (event === undefined) throw new Error('no event');
  return event;
}

describe('a request to the gateway', () => {
  test('a request becomes an event as REST API Gateway makes it', async () => {
    const event = await eventOf('/api/v1/jobs?limit=5&tag=a&tag=b%20c', {
      method: 'POST',
      headers: { 'X-API-Key': 'k', 'Content-Type': 'application/json' },
      body: '{"name":"Zoë"}',
    });
    expect(event).toMatchObject({
      httpMethod: 'POST',
      path: '/api/v1/jobs',
      queryStringParameters: { limit: '5', tag: 'b c' },
      multiValueQueryStringParameters: { limit: ['5'], tag: ['a', 'b c'] },
      body: '{"name":"Zoë"}',
      isBase64Encoded: false,
      requestContext: {
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
        httpMethod: 'POST',
        path: '/api/v1/jobs',
        stage: 'local',
        identity: { sourceIp: '127.0.0.1' },
      },
    });
    const headers = Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-api-key': 'k',
      'content-type': 'application/json',
    });
  });

  test('the event of a request without query and body has null for both', async () => {
    expect(await eventOf('/health')).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
    });
  });

  test('the event of a request keeps its headers as they came, and the last of several where there is room for one', async () => {
    const request = httpRequest(gateway.address, {
      headers: ['Host', 'x.localhost', 'X-Tag', 'a', 'X-Tag', 'b'],
    });
    request.end();
    await once(request, 'response');
    expect(events[0]).toMatchObject({
      headers: { 'X-Tag': 'b' },
      multiValueHeaders: { 'X-Tag': ['a', 'b'] },
    });
  });

  test('the event of a request with a binary body has the body in base64', async () => {
    const event = await eventOf('/x', { method: 'POST', body: new Uint8Array([0xff, 0x00, 0xfe]) });
    expect(event).toMatchObject({
      isBase64Encoded: true,
      body: Buffer.from([0xff, 0x00, 0xfe]).toString('base64'),
    });
  });

  test.each(['//evil.example/x', '/a/../b', '/%00', '/%E0%A4%A', '/?a=%E0%A4%A', '/__proto__?__proto__=1'])(
    'a request with the path %s is passed on as it is',
    async (target) => {
      const { port } = new URL(gateway.address);
      const socket = connect(Number(port), '127.0.0.1');
      socket.end(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      const [head] = await once(socket, 'data');
      expect(String(head)).toMatch(/^HTTP\/1\.1 200 /);
      expect(events[0]?.path).toBe(target.replace(/\?.*/, ''));
    },
  );

  test('a request with the largest batch is passed on', async () => {
    const body = 'x'.repeat(apiLimits.batchBodyBytes);
    expect((await eventOf('/x', { method: 'POST', body })).body?.length).toBe(body.length);
  });

  test.each(['with its length', 'in chunks'])('a request that is too large is refused (%s)', async (how) => {
    const tooLarge = new Uint8Array(apiLimits.batchBodyBytes + 1_048_576);
    const response = await fetch(`${gateway.address}/x`, {
      method: 'POST',
      body: how === 'in chunks' ? new Blob([tooLarge]).stream() : tooLarge,
      duplex: 'half',
    });
    expect(response.status).toBe(413);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
    expect(events).toEqual([]);
  });

  test('a request whose client disconnects halfway does not reach the function', async () => {
    const { port } = new URL(gateway.address);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf');
    await once(socket, 'connect');
    socket.destroy();
    await eventOf('/after');
    expect(events.map(({ path }) => path)).toEqual(['/after']);
  });

  test.each([
    ['evil.example', 421],
    ['127.0.0.1.evil.example:8080', 421],
    ['localhost.evil.example', 421],
    ['10.0.0.1', 421],
    ['0.0.0.0:8080', 421],
    ['[::2]', 421],
    ['user@localhost', 421],
    ['', 421],
    ['localhost', 200],
    ['LOCALHOST:8080', 200],
    ['a.localhost.:8080', 200],
    ['127.8.9.10:1', 200],
    ['[::1]:8080', 200],
    ['proxy.internal:8080', 200],
  ])('a request for the host %j is answered with %i', async (host, status) => {
    for (const path of ['/x', '/_local/here']) {
      const request = httpRequest(`${gateway.address}${path}`, { headers: ['Host', host] });
      request.end();
      const [response] = await once(request, 'response');
      expect(response.statusCode).toBe(status);
      const body = await text(response);
      if (status === 200) continue;
      expect(response.headers['content-type']).toBe('application/problem+json');
      expect(JSON.parse(body)).toMatchObject({ status: 421, code: 'MISDIRECTED_REQUEST' });
    }
    expect(events).toHaveLength(status === 200 ? 1 : 0);
  });

  test('a request with an address that is too long is refused with a problem', async () => {
    const response = await fetch(`${gateway.address}/x?ids=${'1'.repeat(20_000)}`);
    expect(response.status).toBe(431);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE' });
    expect(events).toEqual([]);
  });

  test('a request that is not HTTP is refused with a problem, and the connection ends', async () => {
    const socket = connect(Number(new URL(gateway.address).port), '127.0.0.1');
    socket.write('GET / HTTP/9.9\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'INVALID_HTTP' });
  });

  test('a HEAD request that is too long is refused without a body', async () => {
    const response = await fetch(`${gateway.address}/x?ids=${'1'.repeat(20_000)}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([431, '']);
  });

  test('a request for the gateway itself is answered by the gateway', async () => {
    expect(await (await fetch(`${gateway.address}/_local/here?a=1`)).text()).toBe('here');
    expect(events).toEqual([]);
  });
});
