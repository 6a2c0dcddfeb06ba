import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { LocalRunError } from '../../../local/data-dir/data-dir.ts';
import { InvocationError } from '../../../local/environments/environment.ts';
import { otherPort, startGateway } from '../../../local/gateway/gateway.ts';
import { events, gateway, invokeWith, reports, setUpGateway } from './gateway-fixture.ts';

setUpGateway();

async function answerTo(result: unknown): Promise<Response> {
  invokeWith(async () => result);
  return fetch(`${gateway.address}/x`);
}

describe('a response of the gateway', () => {
  test("a response has the status, headers and body of the function's result", async () => {
    const response = await answerTo({
      statusCode: 201,
      headers: { 'content-type': 'application/json', location: '/api/v1/jobs/1' },
      multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] },
      body: '{"id":1}',
    });
    expect([response.status, await response.text()]).toEqual([201, '{"id":1}']);
    expect(response.headers.get('location')).toBe('/api/v1/jobs/1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-request-id')).toBe(events[0]?.requestContext.requestId);
  });

  test('a response may be empty', async () => {
    const response = await answerTo({ statusCode: 204, body: '' });
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  test('the response to HEAD has the headers of the response to GET, with its length, and no body', async () => {
    const result = {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"name":"Zoë"}',
    };
    invokeWith(async () => result);
    const answers = await Promise.all(
      ['GET', 'HEAD'].map(async (method) => {
        const socket = connect(Number(new URL(gateway.address).port), '127.0.0.1');
        socket.end(`${method} /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
        const [head = '', body] = (await text(socket)).split('\r\n\r\n');
        const lines = head.split('\r\n').filter((line) => !/^(x-request-id|date):/i.test(line));
        return { lines, body };
      }),
    );
    expect(events.map(({ httpMethod }) => httpMethod).toSorted()).toEqual(['GET', 'HEAD']);
    expect(answers[0]?.body).toBe(result.body);
    expect(answers[0]?.lines).toContain(`content-length: ${Buffer.byteLength(result.body)}`);
    expect(answers[1]).toEqual({ lines: answers[0]?.lines, body: '' });
  });

  test('the body of a result may be in base64', async () => {
    const response = await answerTo({ statusCode: 200, body: 'aGk=', isBase64Encoded: true });
    expect(await response.text()).toBe('hi');
  });

  test.each([undefined, 'text', { body: 'x' }, { statusCode: 99, body: '' }])(
    'a malformed result becomes a 502 (%j)',
    async (result) => {
      const response = await answerTo(result);
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({ status: 502, code: 'INTERNAL_ERROR' });
      expect(reports).toHaveLength(1);
    },
  );

  test.each([
    ['failed', 502, 'INTERNAL_ERROR', 1],
    ['crashed', 502, 'INTERNAL_ERROR', 1],
    ['timed-out', 503, 'TIMED_OUT', 1],
    ['busy', 503, 'UNAVAILABLE', 0],
    ['stopped', 503, 'UNAVAILABLE', 0],
  ] as const)('an invocation that ends as %s is answered with %i', async (kind, status, code, lines) => {
    invokeWith(() => Promise.reject(new InvocationError(kind, 'secret')));
    const response = await fetch(`${gateway.address}/x`);
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(JSON.parse(text)).toMatchObject({ status, code });
    expect(text).not.toContain('secret');
    expect(reports).toHaveLength(lines);
  });
});

describe('the gateway', () => {
  test.each([
    [80, 8_080],
    [8_080, 8_081],
    [65_535, 65_534],
  ])('in place of port %i the gateway advises port %i', (port, other) => {
    expect(otherPort(port)).toBe(other);
  });

  test('the gateway names a port that is taken, and how to choose another', async () => {
    const port = Number(new URL(gateway.address).port);
    const second = startGateway({
      port,
      invoke: async () => ({ statusCode: 200, body: '' }),
      local: {},
      report: () => {},
    });
    await expect(second).rejects.toThrow(LocalRunError);
    await expect(second).rejects.toThrow(
      `port ${port} is in use; choose another: PORT=${port + 1} npm start`,
    );
  });

  test('the gateway answers requests under way before it stops', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    invokeWith(() => promise);
    const answered = fetch(`${gateway.address}/slow`);
    await expect.poll(() => events.length).toBe(1);
    const sinceMs = performance.now();
    const stopped = gateway.stop(10_000);
    await expect(fetch(`${gateway.address}/late`)).rejects.toThrow('fetch failed');
    resolve({ statusCode: 200, body: 'done' });
    expect(await (await answered).text()).toBe('done');
    await stopped;
    expect(performance.now() - sinceMs).toBeLessThan(5_000);
  });

  test('a stopping gateway ends requests that do not end in time', async () => {
    invokeWith(() => new Promise(() => {}));
    const cut = expect(fetch(`${gateway.address}/slow`)).rejects.toThrow('fetch failed');
    await expect.poll(() => events.length).toBe(1);
    await gateway.stop(0);
    await cut;
  });
});
