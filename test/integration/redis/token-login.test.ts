import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectRedis } from '../../../lib/redis/client.ts';
import { connectRedisCluster } from '../../../lib/redis/cluster-client.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { openServerDir, startRedisServer } from '../../support/redis-server.ts';

const dataDir = await openServerDir();
const server = await startRedisServer(dataDir);
const cluster = await startRedisCluster({ key: '{belfry}' });
const single = new Redis(server.port, '127.0.0.1');
afterAll(async () => {
  single.disconnect();
  await Promise.all([server.stop(), cluster.stop()]);
  await dataDir.close();
});

const kinds = [
  {
    kind: 'one server',
    url: `redis://127.0.0.1:${server.port}`,
    connect: connectRedis,
    servers: [single],
  },
  {
    kind: 'a cluster',
    url: cluster.nodes[1]?.url ?? '',
    connect: connectRedisCluster,
    servers: cluster.nodes.map((node) => node.redis),
  },
];

describe.each(kinds)('a login by token to $kind', ({ url, connect, servers }) => {
  /** The one password that the servers accept; its number is that of the tokens made now. */
  let number = 0;
  let made = 0;
  const connections: { disconnect: () => void }[] = [];
  const errors: Error[] = [];

  async function takeOnlyTheNext(): Promise<void> {
    number += 1;
    for (const redis of servers) {
      await redis.acl('SETUSER', 'app', 'reset', 'on', `>token ${number}`, '~*', '&*', '+@all');
    }
  }

  async function cutAll(): Promise<void> {
    for (const redis of servers) await redis.client('KILL', 'USER', 'app');
  }

  function open(createToken: () => Promise<string> = async () => `token ${number}`) {
    const redis = connect(url, {
      onError: (error) => errors.push(error),
      commandTimeoutMs: 1_000,
      tokenLogin: {
        user: 'app',
        createToken: () => {
          made += 1;
          return createToken();
        },
      },
    });
    connections.push(redis);
    return redis;
  }

  beforeEach(async () => {
    made = 0;
    errors.length = 0;
    await takeOnlyTheNext();
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.disconnect();
  });

  test('a login by token is the login of its user', async () => {
    expect(await open().acl('WHOAMI')).toBe('app');
  });

  test('a login by token uses a new token for each connection, so that a closed connection returns', async () => {
    const redis = open();
    await redis.set('{belfry}:key', 'value');
    const before = made;
    await takeOnlyTheNext();
    await cutAll();
    expect(await redis.get('{belfry}:key')).toBe('value');
    expect(made).toBeGreaterThan(before);
  });

  test('a refused login by token is reported without the token, and succeeds later', async () => {
    const redis = open(async () => (made > 2 ? `token ${number}` : 'an old token'));
    await expect.poll(() => redis.ping().catch(() => 'away')).toBe('PONG');
    const [refused] = errors;
    expect(refused?.message).toMatch(/^WRONGPASS/);
    expect(JSON.stringify(errors.map((error) => [error, error.message, error.stack]))).not.toContain(
      'old token',
    );
  });

  test('a login by token is tried again when no token can be obtained', async () => {
    const redis = open(async () => {
      if (made < 3) throw new Error('no credentials');
      return `token ${number}`;
    });
    await expect.poll(() => redis.ping().catch(() => 'away')).toBe('PONG');
    expect(errors[0]?.message).toBe('no credentials');
  });

  test('a login by token is tried again when the token does not arrive', async () => {
    const redis = open(() => (made === 1 ? new Promise(() => {}) : Promise.resolve(`token ${number}`)));
    await expect(redis.ping()).rejects.toThrow();
    await expect.poll(() => redis.ping().catch(() => 'away'), { timeout: 5_000 }).toBe('PONG');
  });
});
