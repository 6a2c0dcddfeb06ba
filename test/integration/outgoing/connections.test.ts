import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { guardConnector } from '../../../lib/outgoing/guard-connector.ts';
import { RefusedTargetError } from '../../../lib/outgoing/refusal.ts';
import { loopbackPolicy, noNames, policyOf } from '../../support/outgoing.ts';
import { startRawTarget } from '../../support/raw-target.ts';
import { until } from '../../support/waiting.ts';
import { startTarget, type Target } from '../../support/target.ts';

let target: Target;
beforeEach(async () => {
  target = await startTarget();
});
afterEach(() => target.close());

async function callUrl(url: string, policy = loopbackPolicy) {
  const agent = createTargetAgent({ policy, resolveName: noNames });
  const result = await makeCallTarget(agent)({
    url,
    method: 'POST',
    headers: {},
    body: 'a',
    isRepeatable: true,
    timeoutMs: 5_000,
  });
  agent.destroy();
  return result;
}

describe('a call to a target', () => {
  test.each([
    ['http://127.0.0.1', '127.0.0.1'],
    ['http://2130706433', '127.0.0.1'],
    ['http://0x7f.1', '127.0.0.1'],
    ['http://localhost', '127.0.0.1'],
    ['http://[::1]', '::1'],
    ['https://127.0.0.1', '127.0.0.1'],
  ])('a call to %s is refused permanently when loopback is not allowed', async (origin, address) => {
    const { port } = new URL(target.url);
    expect(await callUrl(`${origin}:${port}/`, policyOf('', '1-65535'))).toMatchObject({
      kind: 'refused',
      reason: `refused: ${address} is not a public address; use a public address, or allow its network with BELFRY_ALLOWED_NETWORKS`,
    });
    expect(target.requests).toEqual([]);
  });

  test.each([
    ['http://[::ffff:127.0.0.1]', '::ffff:7f00:1'],
    ['http://0.0.0.0', '0.0.0.0'],
  ])('a call to %s is refused permanently, and no setting is advised', async (origin, address) => {
    const { port } = new URL(target.url);
    expect(await callUrl(`${origin}:${port}/`, policyOf('', '1-65535'))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(`${address} is never called, and no setting allows it: `),
    });
    expect(target.requests).toEqual([]);
  });

  test('a call to a port that is not allowed is refused', async () => {
    const { port } = new URL(target.url);
    expect(await callUrl(target.url, policyOf('127.0.0.1', '80,443'))).toMatchObject({
      kind: 'refused',
      reason: `refused: port ${port} is not allowed; use another port, or allow it with BELFRY_ALLOWED_PORTS`,
    });
  });

  test('a call to an allowed address and port arrives', async () => {
    expect(await callUrl(target.url, policyOf('127.0.0.1', '1024-65535'))).toMatchObject({
      kind: 'answered',
      statusCode: 200,
    });
  });

  test('calls that are made at the same time are all refused', async () => {
    const agent = createTargetAgent({ policy: policyOf(''), resolveName: noNames });
    const request = {
      url: 'http://127.0.0.1/',
      method: 'GET',
      headers: {},
      body: null,
      isRepeatable: true,
      timeoutMs: 5_000,
    } as const;
    const results = await Promise.all(Array.from({ length: 50 }, () => makeCallTarget(agent)(request)));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['refused']));
    agent.destroy();
  });

  test.each([301, 302, 303, 307, 308])(
    'a call that is answered with %i is not redirected',
    async (status) => {
      const elsewhere = await startTarget();
      target.answerWith({ status, headers: { location: `${elsewhere.url}/` } });
      expect(await callUrl(target.url)).toMatchObject({ kind: 'answered', statusCode: status });
      expect(target.requests).toHaveLength(1);
      expect(elsewhere.requests).toEqual([]);
      await elsewhere.close();
    },
  );

  test.each(['ftp://127.0.0.1/', 'file:///etc/hosts', 'unix:/tmp/socket', 'ws://127.0.0.1/', 'nonsense'])(
    'a call to %s fails',
    async (url) => {
      expect(await callUrl(url)).toMatchObject({ kind: 'connectionFailed' });
    },
  );

  test('a call fails when the target offers another protocol', async () => {
    const server = await startRawTarget((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'),
      );
    });
    expect(await callUrl(server.url)).toMatchObject({ kind: 'connectionFailed' });
    await server.close();
  });
});

test('a call uses no proxy, also when the environment names one', async () => {
  const proxy = await startTarget();
  const [agents, calls, policies] = [
    'lib/outgoing/target-agent.ts',
    'lib/outgoing/target-call.ts',
    'test/support/outgoing.ts',
  ].map((file) => JSON.stringify(new URL(`../../../${file}`, import.meta.url)));
  const program = `
    import { createTargetAgent } from ${agents};
    import { makeCallTarget } from ${calls};
    import { loopbackPolicy, noNames } from ${policies};
    const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: noNames });
    const request = { url: process.argv[1], method: 'GET', headers: {}, body: null, isRepeatable: true, timeoutMs: 5_000 };
    console.log((await makeCallTarget(agent)(request)).kind);
    agent.destroy();`;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  const env = Object.fromEntries(names.map((name) => [name, proxy.url]));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program, target.url],
    { env: { ...env, NO_PROXY: '', NODE_USE_ENV_PROXY: '1' } },
  );
  expect(stdout).toBe('answered\n');
  expect([target.requests.length, proxy.requests.length]).toEqual([1, 0]);
  await proxy.close();
});

describe('a connection to an address that is not allowed', () => {
  test('a connection to an address that is not allowed is closed before anything is written to it', async () => {
    const received: Buffer[] = [];
    const server = await startRawTarget((socket) => socket.on('data', (chunk) => received.push(chunk)));
    const { port } = new URL(server.url);
    const misled = guardConnector(policyOf('', '1-65535'), (_options, callback) => {
      const socket = connect(Number(port), '127.0.0.1', () => callback(null, socket));
    });
    const error = await failureOf(misled, port);
    expect(error).toBeInstanceOf(RefusedTargetError);
    await until(() => server.openConnections() === 0);
    expect(Buffer.concat(received)).toHaveLength(0);
    await server.close();
  });

  test('a connection that was reset in between is not reported as refused', async () => {
    const server = await startRawTarget(() => {});
    const { port } = new URL(server.url);
    const late = guardConnector(policyOf('', '1-65535'), (_options, callback) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.destroy();
        callback(null, socket);
      });
    });
    const error = await failureOf(late, port);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    await server.close();
  });
});

const failureOf = (connector: ReturnType<typeof guardConnector>, port: string): Promise<Error | null> =>
  new Promise((resolve) =>
    connector({ hostname: 'public.test', protocol: 'http:', port }, (...[error]) => resolve(error)),
  );
