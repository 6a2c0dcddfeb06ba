import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Line = {
  port: number;
  /** Breaks what is connected and refuses what comes. */
  cut: () => Promise<void>;
  mend: () => Promise<void>;
  close: () => Promise<void>;
};

/** A line over TCP between clients and a server on this machine, to be cut and mended at the same port. */
export async function openLine(to: number): Promise<Line> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.pipe(upstream).pipe(client);
    clients.add(client);
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const client of clients) client.destroy();
    await closed;
  };
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  const { port } = address;
  return { port, cut, mend: () => (server.listening ? Promise.resolve() : listen(port)), close: cut };
}
