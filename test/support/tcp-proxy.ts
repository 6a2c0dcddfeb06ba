import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, of a port or a socket path, so that a test can break the line. */
export async function openLine({ port = 0, to }: { port?: number; to: () => number | string }) {
  const clients = new Set<Socket>();
  let opened = 0;
  const server = createServer((client) => {
    const target = to();
    const upstream = typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.pipe(upstream).pipe(client);
    clients.add(client);
    opened += 1;
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    /** Swallows what the present connections send; the next ones work. */
    silence: () => {
      for (const client of clients) client.unpipe().resume();
    },
    /** Answers the present connections with RST. */
    reset: () => {
      for (const client of clients) client.resetAndDestroy();
    },
    /** How many were opened, up to now. */
    opened: () => opened,
    close: () => {
      server.close();
      for (const client of clients) client.destroy();
    },
  };
}
