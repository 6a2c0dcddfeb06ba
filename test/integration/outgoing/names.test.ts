import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent, type TargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { makeResolveName } from '../../../lib/outgoing/resolve-name.ts';
import { startDnsServer, type DnsServer } from '../../support/dns-server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { policyOf } from '../../support/outgoing.ts';
import { closeServer, portOf } from '../../support/listen.ts';
import { startTarget, type Target } from '../../support/target.ts';

const REFUSED = {
  kind: 'notSent',
  reason:
    'refused: its host name has an address that is not public; ' +
    'use another host, or allow the network with BELFRY_ALLOWED_NETWORKS',
};

// Treats 127.0.0.1 as the only public machine; all other loopback addresses are the inner network.
const policy = policyOf('127.0.0.1', '1-65535');

let dns: DnsServer;
let clock: ManualClock;
let target: Target;
let agent: TargetAgent;
let port: string;
let callUrl: (url: string, timeoutMs?: number) => Promise<object>;

beforeEach(async () => {
  dns = await startDnsServer();
  clock = new ManualClock();
  target = await startTarget();
  ({ port } = new URL(target.url));
  agent = createTargetAgent({ policy, resolveName: makeResolveName({ nameServers: dns.resolver, clock }) });
  const callTarget = makeCallTarget(agent);
  callUrl = async (url, timeoutMs = 5_000) => {
    const result = await callTarget({
      url,
      method: 'GET',
      headers: {},
      body: null,
      isRepeatable: true,
      timeoutMs,
    });
    return result;
  };
});
afterEach(async () => {
  agent.destroy();
  await target.close();
  await dns.close();
});

const call = (host: string, timeoutMs?: number) => callUrl(`http://${host}:${port}/`, timeoutMs);
const SUCCEEDED = { kind: 'answered', statusCode: 200 };

describe('a host name', () => {
  test('a host name is looked up once for a connection, regardless of the number of requests that it serves', async () => {
    dns.answer('shop.test', { addresses: ['127.0.0.1'] });
    expect(await call('shop.test')).toMatchObject(SUCCEEDED);
    expect(await call('shop.test')).toMatchObject(SUCCEEDED);
    expect(target.requests.map(({ headers }) => headers.host)).toEqual(Array(2).fill(`shop.test:${port}`));
    expect(dns.questions.toSorted()).toEqual(['A shop.test', 'AAAA shop.test']);
  });

  test('a host name is looked up once for a burst of connections', async () => {
    dns.answer('shop.test', { addresses: ['127.0.0.1'], ttlSeconds: 0 });
    const results = await Promise.all(Array.from({ length: 100 }, () => call('shop.test')));
    expect(results).toMatchObject(results.map(() => SUCCEEDED));
    expect(target.requests).toHaveLength(100);
    expect(dns.questions).toHaveLength(2);
  });

  test.each([
    { addresses: ['127.0.0.2'] },
    { addresses: ['::1'] },
    { addresses: ['10.0.0.1'] },
    { addresses: ['169.254.169.254'] },
    { addresses: ['0.0.0.0'] },
    { addresses: ['::'] },
    { addresses: ['fd00:ec2::254'] },
    { addresses: ['::ffff:127.0.0.1'] },
    { addresses: ['64:ff9b::10.0.0.1'] },
    { addresses: ['127.0.0.1', '127.0.0.2'] },
    { addresses: ['127.0.0.2', '127.0.0.1'] },
    { addresses: ['127.0.0.1', '::1'] },
  ])(
    'a host name with the addresses $addresses is refused, and the error does not say which one it is',
    async ({ addresses }) => {
      dns.answer('inner.test', { addresses });
      expect(await call('inner.test')).toMatchObject(REFUSED);
      expect(target.requests).toEqual([]);
    },
  );

  test('a host name that later resolves to an inner address is refused, even when it was public before', async () => {
    const inner = await listenOn('127.0.0.2', Number(port));
    dns.answer('rebound.test', { addresses: ['127.0.0.1'], ttlSeconds: 0 });
    target.answerWith({ status: 200, headers: { connection: 'close' } });
    expect(await call('rebound.test')).toMatchObject(SUCCEEDED);
    dns.answer('rebound.test', { addresses: ['127.0.0.2'], ttlSeconds: 0 });
    expect(await call('rebound.test')).toMatchObject(REFUSED);
    dns.answer('rebound.test', { addresses: ['127.0.0.1'], ttlSeconds: 0 });
    expect(await call('rebound.test')).toMatchObject(SUCCEEDED);
    expect(target.requests).toHaveLength(2);
    expect(inner.connections()).toBe(0);
    await inner.close();
  });

  test('a host name is looked up again when its answer has expired, after 10 s at most', async () => {
    target.answerWith({ status: 200, headers: { connection: 'close' } });
    dns.answer('brief.test', { addresses: ['127.0.0.1'], ttlSeconds: 3 });
    dns.answer('long.test', { addresses: ['127.0.0.1'], ttlSeconds: 86_400 });
    const asked = async (host: string) => {
      const before = dns.questions.length;
      expect(await call(host)).toMatchObject(SUCCEEDED);
      return dns.questions.length - before;
    };
    expect([await asked('brief.test'), await asked('long.test')]).toEqual([2, 2]);
    await clock.advanceBy(2_999);
    expect([await asked('brief.test'), await asked('long.test')]).toEqual([0, 0]);
    await clock.advanceBy(1);
    expect([await asked('brief.test'), await asked('long.test')]).toEqual([2, 0]);
    await clock.advanceBy(7_000);
    expect(await asked('long.test')).toBe(2);
  });

  test('a host name that does not exist or is not answered for fails with a code', async () => {
    expect(await call('nowhere.test')).toMatchObject({ kind: 'connectionFailed', cause: 'ENOTFOUND' });
    dns.answer('broken.test', 'SERVFAIL');
    expect(await call('broken.test')).toMatchObject({ kind: 'connectionFailed', cause: 'ESERVFAIL' });
    dns.answer('empty.test', { addresses: [] });
    expect(await call('empty.test')).toMatchObject({ kind: 'connectionFailed', cause: 'ENODATA' });
  });

  test('a host name needs an answer for only one address family', async () => {
    dns.answer('half.test', { addresses: ['127.0.0.1'] });
    dns.answer('half.test', 'SERVFAIL', 'AAAA');
    expect(await call('half.test')).toMatchObject(SUCCEEDED);
  });

  test('a host name whose AAAA query is not answered is called by its A record at once', async () => {
    dns.answer('half.test', { addresses: ['127.0.0.1'], ttlSeconds: 0 });
    dns.answer('half.test', 'silence', 'AAAA');
    target.answerWith({ status: 200, headers: { connection: 'close' } });
    // The resolver gives up after 1.5 s.
    expect(await call('half.test', 1_000)).toMatchObject(SUCCEEDED);
    expect(await call('half.test', 1_000)).toMatchObject(SUCCEEDED);
    expect(dns.questions.filter((question) => question === 'A half.test')).toHaveLength(2);
  });

  test('a host name whose late AAAA answer is an inner address is refused from then on', async () => {
    dns.answer('late.test', { addresses: ['127.0.0.1'] });
    dns.answer('late.test', 'silence', 'AAAA');
    target.answerWith({ status: 200, headers: { connection: 'close' } });
    expect(await call('late.test')).toMatchObject(SUCCEEDED);
    dns.breakSilence('late.test', { addresses: ['::1'] }, 'AAAA');
    await expect.poll(() => call('late.test')).toMatchObject(REFUSED);
    expect(dns.questions.filter((question) => question === 'A late.test')).toHaveLength(1);
  });

  test('a host name without any answer delays its own request up to its timeout, and no other request', async () => {
    const silent = Array.from({ length: 20 }, (_, index) => `silent-${index}.test`);
    for (const name of silent) dns.answer(name, 'silence');
    dns.answer('shop.test', { addresses: ['127.0.0.1'] });
    const waiting = silent.map((name) => call(name, 300));
    const startedMs = performance.now();
    expect(await call('shop.test')).toMatchObject(SUCCEEDED);
    expect(performance.now() - startedMs).toBeLessThan(250);
    const outOfTime = { kind: 'timedOut', timeoutMs: 300 };
    expect(await Promise.all(waiting)).toMatchObject(silent.map(() => outOfTime));
  });

  test('a host name is called by its next address when the first does not answer', async () => {
    dns.answer('double.test', { addresses: ['127.0.0.2', '127.0.0.1'] });
    const both = createTargetAgent({
      policy: policyOf('127.0.0.0/8', '1-65535'),
      resolveName: makeResolveName({ nameServers: dns.resolver, clock }),
    });
    const request = { method: 'GET', headers: {}, body: null, isRepeatable: true, timeoutMs: 5_000 } as const;
    const url = `http://double.test:${port}/`;
    expect(await makeCallTarget(both)({ ...request, url })).toMatchObject(SUCCEEDED);
    expect(dns.questions).toHaveLength(2);
    both.destroy();
  });

  test('a host name may end in a dot', async () => {
    dns.answer('shop.test', { addresses: ['127.0.0.1'] });
    expect(await call('shop.test.')).toMatchObject(SUCCEEDED);
  });

  test('a host name of this machine needs no name server', async () => {
    const own = createTargetAgent({
      policy: policyOf('127.0.0.1,::1', '1-65535'),
      resolveName: makeResolveName({ nameServers: dns.resolver, clock }),
    });
    const request = { method: 'GET', headers: {}, body: null, isRepeatable: true, timeoutMs: 5_000 } as const;
    for (const host of ['localhost', 'shop.localhost']) {
      expect(await makeCallTarget(own)({ ...request, url: `http://${host}:${port}/` })).toMatchObject(
        SUCCEEDED,
      );
    }
    expect(dns.questions).toEqual([]);
    own.destroy();
  });
});

async function listenOn(host: string, port: number) {
  let connections = 0;
  const server: Server = createServer((_, response) => response.end());
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  expect(portOf(server)).toBe(port);
  return {
    connections: () => connections,
    close: () => closeServer(server),
  };
}
