import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline, Transform } from 'node:stream';

export type TcpProxy = {
  /** 0 on a socket. */
  port: number;
  /** Drops the bytes of the current connections. New connections work. */
  silencePresent: () => void;
  /** Accepts connections and reads requests, and no longer answers. */
  silence: () => void;
  /** Ends the current connections with RST. */
  reset: () => void;
  /** Ends the current connections. New connections work. */
  breakPresent: () => void;
  /** Breaks the current connections and refuses new ones. */
  cut: () => Promise<void>;
  /** Serves again, on the same port; silenced connections are broken. */
  restore: () => Promise<void>;
  /** The number of connections that were opened. */
  opened: () => number;
  close: () => Promise<void>;
};

/** Stands between clients and a server of this machine, on a port or a socket path, so that a test can break the connection. */
export async function openTcpProxy(options: {
  /** The port it listens on, or the path of a socket; a free port unless given. */
  on?: number | string;
  to: () => number | string;
  /** Changes what the server sends, packet by packet. */
  change?: (packet: Buffer) => Buffer;
}): Promise<TcpProxy> {
  /**
   * The sockets of clients, with the socket to the server of each; undefined for a client that connected while the proxy was
   * silent.
   */
  const clients = new Map<Socket, Socket | undefined>();
  const unheard = new Set<Socket>();
  let isSilent = false;
  let opened = 0;
  const connectTo = (target: number | string): Socket =>
    typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1');
  const server = createServer((client) => {
    const upstream = isSilent ? undefined : connectTo(options.to());
    for (const socket of [client, upstream]) socket?.on('error', () => {});
    if (upstream === undefined) unheard.add(client.resume());
    else if (options.change === undefined) client.pipe(upstream).pipe(client);
    else pipeline(client, upstream, changing(options.change), client, () => {});
    clients.set(client, upstream);
    opened += 1;
    client.on('close', () => {
      clients.delete(client);
      unheard.delete(client);
      upstream?.destroy();
    });
  });
  const listen = async (on: number | string): Promise<void> => {
    if (typeof on === 'string') server.listen(on);
    else server.listen(on, '127.0.0.1');
    await once(server, 'listening');
  };
  const silencePresent = (): void => {
    for (const [client, upstream] of clients) {
      unheard.add(client.unpipe().resume());
      upstream?.unpipe().resume();
    }
  };
  const breakPresent = (): void => {
    for (const client of clients.keys()) client.destroy();
  };
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    breakPresent();
    await closed;
  };
  await listen(options.on ?? 0);
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  return {
    port,
    silencePresent,
    silence: () => {
      isSilent = true;
      silencePresent();
    },
    reset: () => {
      for (const client of clients.keys()) client.resetAndDestroy();
    },
    breakPresent,
    cut,
    restore: async () => {
      isSilent = false;
      for (const client of unheard) client.destroy();
      if (!server.listening) await listen(typeof options.on === 'string' ? options.on : port);
    },
    opened: () => opened,
    close: cut,
  };
}

const changing = (change: (packet: Buffer) => Buffer): Transform =>
  new Transform({ transform: (packet: Buffer, _encoding, done) => done(null, change(packet)) });
