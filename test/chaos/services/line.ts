import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Line = {
  port: number;
  /** Accepts what comes and hears what is sent, and answers nothing any more. */
  silence: () => void;
  /** Breaks what is connected and refuses what comes. */
  cut: () => Promise<void>;
  /** Serves again; what has been met with silence is broken. */
  mend: () => Promise<void>;
  close: () => Promise<void>;
};

/** A line over TCP between clients and a server on this machine, to be cut, silenced and mended at the same port. */
export async function openLine(to: number): Promise<Line> {
  /** With the server's end of each; undefined for one that came while the line was silent. */
  const clients = new Map<Socket, Socket | undefined>();
  const unheard = new Set<Socket>();
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = isSilent ? undefined : connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) socket?.on('error', () => {});
    if (upstream === undefined) unheard.add(client.resume());
    else client.pipe(upstream).pipe(client);
    clients.set(client, upstream);
    client.on('close', () => {
      clients.delete(client);
      unheard.delete(client);
      upstream?.destroy();
    });
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const silence = (): void => {
    isSilent = true;
    for (const [client, upstream] of clients) {
      unheard.add(client.unpipe().resume());
      upstream?.unpipe().resume();
    }
  };
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const client of clients.keys()) client.destroy();
    await closed;
  };
  const mend = async (): Promise<void> => {
    isSilent = false;
    for (const client of unheard) client.destroy();
    if (!server.listening) await listen(port);
  };
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  const { port } = address;
  return { port, silence, cut, mend, close: cut };
}
