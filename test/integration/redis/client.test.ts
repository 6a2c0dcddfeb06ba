import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { connectRedis } from '../../../lib/redis/client.ts';
import { openQueue } from './fixture.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function openClient(...args: Parameters<typeof connectRedis>) {
  const redis = connectRedis(...args);
  cleanUps.push(() => redis.disconnect());
  return redis;
}

async function listen(server: Server, address: string | number) {
  if (typeof address === 'string') server.listen(address);
  else server.listen(address, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? `unix://${bound}` : `redis://127.0.0.1:${bound.port}`;
}

/** Stands between a client and the real Redis, so that a test can break the line. */
async function openProxy(address: string | number = 0) {
  const { options } = openQueue().redis;
  const sockets: Socket[] = [];
  const silenced = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = options.path
      ? connect(options.path)
      : connect(options.port ?? 6379, options.host ?? '127.0.0.1');
    sockets.push(client, upstream);
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.on('data', (chunk) => void (silenced.has(client) || upstream.write(chunk)));
    upstream.on('data', (chunk) => void client.write(chunk));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const url = await listen(server, address);
  const cut = () => {
    for (const socket of sockets.splice(0)) socket.destroy();
  };
  cleanUps.push(cut);
  return {
    url,
    cut,
    /** Swallows what the present connections send; the next one works. */
    silence: () => {
      for (const socket of sockets) silenced.add(socket);
    },
    close: () => {
      server.close();
      cut();
    },
  };
}

describe('connectRedis', () => {
  test('rejects, soon, when nobody listens, and tells the listener', async () => {
    const server = createServer();
    const url = await listen(server, 0);
    server.close();
    const errors: Error[] = [];
    const redis = openClient(url, { onError: (error) => errors.push(error) });
    await expect(redis.ping()).rejects.toThrow();
    expect(errors[0]).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('rejects when the other side accepts and says nothing', async () => {
    const url = await listen(
      createServer((socket) => void cleanUps.push(() => socket.destroy())),
      0,
    );
    const redis = openClient(url, { commandTimeoutMs: 100 });
    await expect(redis.ping()).rejects.toThrow();
  });

  test('sends a command again when the line breaks under it', async () => {
    const proxy = await openProxy();
    const redis = openClient(proxy.url);
    await redis.ping();
    const reply = redis.ping();
    proxy.cut();
    expect(await reply).toBe('PONG');
  });

  test('leaves a line that has gone silent before the command times out', async () => {
    const proxy = await openProxy();
    const redis = openClient(proxy.url);
    await redis.ping();
    proxy.silence();
    expect(await redis.ping()).toBe('PONG');
  });

  test('heals when Redis returns', async () => {
    const proxy = await openProxy();
    const redis = openClient(proxy.url);
    await redis.ping();
    proxy.close();
    await expect(redis.ping()).rejects.toThrow();
    const ready = once(redis, 'ready');
    await openProxy(Number(new URL(proxy.url).port));
    await ready;
    expect(await redis.ping()).toBe('PONG');
  });

  test('connects to a unix socket', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'belfry-redis-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const socketPath = path.join(folder, 'r e d i s.sock');
    await openProxy(socketPath);
    expect(await openClient(`unix://${encodeURI(socketPath)}`).ping()).toBe('PONG');
  });

  test('uses TLS for rediss', async () => {
    const firstBytes = new Promise<Buffer>((resolve) => {
      const server = createServer((socket) => {
        cleanUps.push(() => socket.destroy());
        socket.once('data', resolve);
      });
      void listen(server, 0).then((url) => openClient(url.replace('redis:', 'rediss:')));
    });
    const handshakeRecord = 22;
    expect((await firstBytes)[0]).toBe(handshakeRecord);
  });

  test('refuses another kind of address, and does not repeat its password', () => {
    expect(() => connectRedis('http://:secret@localhost')).toThrow(
      /^a Redis URL starts with redis:\/\/, rediss:\/\/ or unix:\/\/, not http:\/\/$/,
    );
  });
});
