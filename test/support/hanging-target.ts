import { createServer } from 'node:net';
import { listen } from './listen.ts';
import { serveCalls } from './processes/serve-calls.ts';

/** Hosts that hang, in a separate process: each accepts connections, reads every request and never answers. */

/** Requests are counted by a header that each request of Belfry has once. */
const MARK = 'x-belfry-execution-id: ';

let requests = 0;

/** Starts a host that hangs, and returns its URL. */
async function startHost(): Promise<string> {
  const server = createServer((socket) => {
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => (requests += chunk.split(MARK).length - 1));
  });
  return `http://127.0.0.1:${await listen(server)}/`;
}

const calls = {
  /** Starts a number of hosts, each on its own port. */
  listen: (hosts: number) => Promise.all(Array.from({ length: hosts }, startHost)),
  /** Requests that came since the last call. */
  collect: () => {
    const collected = requests;
    requests = 0;
    return collected;
  },
};

export type HangingCalls = typeof calls;

export const handler = serveCalls(calls);
