import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

export type RawTarget = {
  url: string;
  openConnections: () => number;
  close: () => Promise<void>;
};

/** A target on loopback without HTTP. The test decides what it does with a connection. */
export async function startRawTarget(onConnection: (socket: Socket) => void): Promise<RawTarget> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
    onConnection(socket);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    openConnections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
