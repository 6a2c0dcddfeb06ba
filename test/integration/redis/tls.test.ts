import { connect as connectTcp } from 'node:net';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { connectRedis } from '../../../lib/redis/client.ts';
import { connectRedisCluster } from '../../../lib/redis/cluster-client.ts';
import { createAuthority } from '../../support/certificates.ts';
import { startOneNodeCluster } from '../../support/redis-cluster.ts';
import { listen } from '../../support/listen.ts';

const trusted = createAuthority('An authority that Node knows');
setDefaultCACertificates([...getCACertificates('default'), trusted.certificate]);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Created before the server, so that the server can announce the address of its TLS port. */
async function openTls(authority: typeof trusted, names: string[]) {
  const { certificate, key } = authority.issue(...names);
  const tls = createServer({ cert: certificate, key }, (client) => {
    const upstream = connectTcp(server.port, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.pipe(upstream).pipe(client);
  });
  const port = await listen(tls);
  return { port, close: () => tls.close() };
}

const good = await openTls(trusted, ['localhost']);
const server = await startOneNodeCluster({ announcedPort: good.port });
afterAll(async () => {
  good.close();
  await server.stop();
});

const tokenLogin = { user: 'app', createToken: async () => 'token' };
await server.redis.acl('SETUSER', 'app', 'on', '>token', '~*', '+@all');

describe.each([
  { kind: 'one server', connect: connectRedis, login: undefined },
  { kind: 'one server by token', connect: connectRedis, login: tokenLogin },
  { kind: 'a cluster', connect: connectRedisCluster, login: undefined },
  { kind: 'a cluster by token', connect: connectRedisCluster, login: tokenLogin },
])('TLS to $kind', ({ connect, login }) => {
  function open(url: string) {
    const errors: Error[] = [];
    const onError = (error: Error) => errors.push(error);
    const redis = connect(url, { onError, commandTimeoutMs: 1_000, tokenLogin: login });
    cleanUps.push(() => redis.disconnect());
    return { redis, errors };
  }

  test('a TLS connection is made with a server that has a certificate for its name', async () => {
    const { redis } = open(`rediss://localhost:${good.port}`);
    await redis.set('{belfry}:key', 'value');
    expect(await redis.get('{belfry}:key')).toBe('value');
    expect(await redis.acl('WHOAMI')).toBe(login === undefined ? 'default' : 'app');
  });

  test('a TLS connection is refused when the certificate is for another name', async () => {
    const { redis, errors } = open(`rediss://127.0.0.1:${good.port}`);
    await expect(redis.ping()).rejects.toThrow();
    expect(errors).toContainEqual(expect.objectContaining({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }));
  });

  test('a TLS connection is refused when an unknown authority signed the certificate', async () => {
    const bad = await openTls(createAuthority('Someone else'), ['localhost']);
    cleanUps.push(bad.close);
    const { redis, errors } = open(`rediss://localhost:${bad.port}`);
    await expect(redis.ping()).rejects.toThrow();
    expect(errors).toContainEqual(expect.objectContaining({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }));
  });
});
