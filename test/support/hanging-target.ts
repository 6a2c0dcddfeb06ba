import { createServer, type Server } from 'node:net';
import { serveCalls } from './processes/serve-calls.ts';

/** Hosts that hang, in a process of their own: each accepts connections, reads every request and never answers. */

/** Counted by what a request of Belfry's has once. */
const MARK = 'x-belfry-execution-id: ';

let requests = 0;

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the host has no port'));
      else resolve(`http://127.0.0.1:${address.port}/`);
    });
  });
}

const calls = {
  /** As many hosts, each on a port of its own. */
  listen: (hosts: number) =>
    Promise.all(
      Array.from({ length: hosts }, () =>
        listen(
          createServer((socket) => {
            socket.setEncoding('latin1');
            socket.on('error', () => socket.destroy());
            socket.on('data', (chunk: string) => (requests += chunk.split(MARK).length - 1));
          }),
        ),
      ),
    ),
  /** Requests that came since the last call. */
  collect: () => {
    const collected = requests;
    requests = 0;
    return collected;
  },
};

export type HangingCalls = typeof calls;

export const handler = serveCalls(calls);
