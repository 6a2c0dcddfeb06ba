import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { KEPT_BODY_BYTES } from '../../../lib/domain/exchange.ts';
import type { AttemptResult } from '../../../lib/domain/retry.ts';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { createAuthority } from '../../support/certificates.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';
import { listen } from '../../support/listen.ts';

const usual = getCACertificates('default');
const trusted = createAuthority('Trusted');
beforeAll(() => setDefaultCACertificates([...usual, trusted.certificate]));
afterAll(() => setDefaultCACertificates(usual));

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Starts a target, and returns the function that calls it. */
async function startCalling(listener: RequestListener, { scheme = 'http' } = {}) {
  const { certificate: cert, key } = trusted.issue('shop.test');
  const server = scheme === 'https' ? createTlsServer({ cert, key }, listener) : createServer(listener);
  const port = await listen(server);
  const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: async () => ['127.0.0.1'] });
  const callTarget = makeCallTarget(agent);
  closing.push(
    () => agent.destroy(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return (host: string, timeoutMs = 5_000) =>
    callTarget({
      url: `${scheme}://${host}:${port}/`,
      method: 'GET',
      headers: {},
      body: null,
      isRepeatable: true,
      timeoutMs,
    });
}

const exchangeOf = (result: AttemptResult) => {
  if (result.kind === 'notSent' || result.kind === 'refused') throw new Error(result.reason);
  return { timings: result.timings, response: result.response, durationMs: result.durationMs };
};
const ms = expect.any(Number);

describe('the measured times of an attempt', () => {
  test('the first attempt has the time of its connection, and the next one has reused it', async () => {
    const call = await startCalling((_, response) => response.end());
    expect(exchangeOf(await call('127.0.0.1')).timings).toEqual({
      isReused: false,
      connectMs: ms,
      firstByteMs: ms,
    });
    expect(exchangeOf(await call('127.0.0.1')).timings).toEqual({ isReused: true, firstByteMs: ms });
  });

  test('an attempt over a new connection to a name has the times of the look-up and of TLS', async () => {
    const call = await startCalling((_, response) => response.end(), { scheme: 'https' });
    const { timings, durationMs } = exchangeOf(await call('shop.test'));
    expect(timings).toEqual({ isReused: false, dnsMs: ms, connectMs: ms, tlsMs: ms, firstByteMs: ms });
    expect(timings?.firstByteMs).toBeLessThanOrEqual(durationMs);
  });

  test('the time to the first byte does not include the rest of the response', async () => {
    const call = await startCalling((_, response) => {
      response.write('a');
      setTimeout(() => response.end('b'), 300);
    });
    const { timings, durationMs } = exchangeOf(await call('127.0.0.1'));
    expect(durationMs - (timings?.firstByteMs ?? Infinity)).toBeGreaterThanOrEqual(50);
  });

  test('an attempt without a connection has no time to the first byte', async () => {
    const call = await startCalling((_, response) => response.end());
    closing.at(-1)?.();
    expect(exchangeOf(await call('127.0.0.1')).timings).toEqual({ isReused: false });
  });
});

describe('the response of an attempt', () => {
  test('the headers and the whole small body are there', async () => {
    const call = await startCalling((_, response) => {
      response.writeHead(503, { 'Retry-After': '7', 'Set-Cookie': ['a=1', 'b=2'] }).end('try later');
    });
    const { response } = exchangeOf(await call('127.0.0.1'));
    expect(response?.headers).toMatchObject({ 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'] });
    expect(Buffer.concat(response?.body ?? []).toString()).toBe('try later');
    expect(response?.bodyBytes).toBe(9);
  });

  test('only the first parts of a long body are there, and its size', async () => {
    const call = await startCalling((_, response) => response.end(Buffer.alloc(60_000, 'a')));
    const { response } = exchangeOf(await call('127.0.0.1'));
    expect(response?.bodyBytes).toBe(60_000);
    expect(Buffer.concat(response?.body ?? []).length).toBeGreaterThanOrEqual(KEPT_BODY_BYTES);
  });

  test('an attempt that timed out in the middle of a response has its status and its beginning', async () => {
    const call = await startCalling((_, response) => response.writeHead(202).write('begun'));
    const result = await call('127.0.0.1', 100);
    expect(result).toMatchObject({ kind: 'timedOut', statusCode: 202 });
    expect(Buffer.concat(exchangeOf(result).response?.body ?? []).toString()).toBe('begun');
  });
});
