import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { connectRedis } from '../../../lib/redis/client.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { until } from '../../support/waiting.ts';
import { openQueue, useOwnRedis } from './fixture.ts';

await useOwnRedis();

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

/** A proxy in front of the real Redis, so that a test can break the connection. */
async function openProxy(on: number | string = 0) {
  const { options } = openQueue().redis;
  const proxy = await openTcpProxy({ on, to: () => options.path ?? options.port ?? 6379 });
  cleanUps.push(proxy.close);
  return { ...proxy, url: `redis://127.0.0.1:${proxy.port}` };
}

describe('connectRedis', () => {
  test('a Redis command fails soon when no server listens, and the listener receives the error', async () => {
    const server = createServer();
    const url = await listen(server, 0);
    server.close();
    const errors: Error[] = [];
    const redis = openClient(url, { onError: (error) => errors.push(error) });
    await expect(redis.ping()).rejects.toThrow();
    expect(errors[0]).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a Redis command fails when the server accepts and says nothing', async () => {
    const url = await listen(
      createServer((socket) => void cleanUps.push(() => socket.destroy())),
      0,
    );
    const redis = openClient(url, { commandTimeoutMs: 100 });
    await expect(redis.ping()).rejects.toThrow();
  });

  test('a Redis command is sent again when the connection breaks under it', async () => {
    const proxy = await openProxy();
    const redis = openClient(proxy.url);
    await redis.ping();
    const reply = redis.ping();
    proxy.breakPresent();
    expect(await reply).toBe('PONG');
  });

  test('the client leaves a silent connection before the command times out', async () => {
    const proxy = await openProxy();
    const redis = openClient(proxy.url);
    await redis.ping();
    proxy.silencePresent();
    expect(await redis.ping()).toBe('PONG');
  });

  test('the client reconnects when Redis returns', async () => {
    const proxy = await openProxy();
    const redis = openClient(proxy.url);
    await redis.ping();
    await proxy.cut();
    await expect(redis.ping()).rejects.toThrow();
    await proxy.restore();
    await until(() => redis.status === 'ready');
    expect(await redis.ping()).toBe('PONG');
  });

  test('the client connects to a unix socket', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'belfry-redis-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const socketPath = path.join(folder, 'r e d i s.sock');
    await openProxy(socketPath);
    expect(await openClient(`unix://${encodeURI(socketPath)}`).ping()).toBe('PONG');
  });

  test('the client uses TLS for a rediss URL', async () => {
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

  test('the client refuses any other kind of address, and does not repeat its password', () => {
    expect(() => connectRedis('http://:secret@localhost')).toThrow(
      /^a Redis URL starts with redis:\/\/, rediss:\/\/ or unix:\/\/, not http:\/\/$/,
    );
  });
});
