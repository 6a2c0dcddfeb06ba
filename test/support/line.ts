import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, so that a test can break the line. */
export async function openLine({ port = 0, to }: { port?: number; to: () => number }) {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(to(), '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.pipe(upstream).pipe(client);
    clients.add(client);
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
    close: () => {
      server.close();
      for (const client of clients) client.destroy();
    },
  };
}
