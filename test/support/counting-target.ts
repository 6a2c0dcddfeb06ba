import { createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';
import { serveCalls } from './processes/serve-calls.ts';

/**
 * The loopback target, a separate process: answers 204, keeps the connection, and notes each execution and how long after
 * its scheduled time the request came. It uses sockets directly: node:http would cost as much of the two cores as the worker's
 * own client, whereas a real target runs on another machine.
 *
 * A URL may ask for another answer: `?after=20` waits 20 milliseconds, `?fails=1` answers 503 to the first attempt,
 * `?fails=99` to the first 99.
 */

const ANSWER = 'HTTP/1.1 204 No Content\r\n\r\n';
const FAILURE = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n';
/** Greater than the execution ids of any measurement. */
const MAX_ID = 4_000_000;

let hits = new Uint8Array(MAX_ID);
let requests = 0;
let connections = 0;
let latenesses: number[] = [];
let ids: number[] = [];
let arrivedMs: number[] = [];

function headerOf(head: string, name: string): string | undefined {
  const start = head.indexOf(`\r\n${name}: `);
  if (start === -1) return undefined;
  return head.slice(start + name.length + 4, head.indexOf('\r\n', start + 2));
}

function note(head: string): void {
  const now = Date.now();
  requests += 1;
  const id = headerOf(head, 'x-belfry-execution-id');
  const scheduledAt = headerOf(head, 'x-belfry-scheduled-at');
  if (id !== undefined) {
    hits[Number(id)] = (hits[Number(id)] ?? 0) + 1;
    ids.push(Number(id));
    arrivedMs.push(now);
  }
  if (scheduledAt !== undefined) latenesses.push(now - Date.parse(scheduledAt));
}

function answer(socket: Socket, head: string): void {
  const asked = /\?(after|fails)=(\d+) HTTP/.exec(head.slice(0, head.indexOf('\r\n')));
  const amount = Number(asked?.[2] ?? 0);
  if (asked?.[1] === 'after') setTimeout(() => socket.write(ANSWER), amount);
  else socket.write(Number(headerOf(head, 'x-belfry-attempt')) <= amount ? FAILURE : ANSWER);
}

function serve(socket: Socket): void {
  connections += 1;
  let text = '';
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    for (;;) {
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = text.slice(0, end + 2);
      // Go writes its own headers in capitals.
      const bodyLength = headerOf(head, 'content-length') ?? headerOf(head, 'Content-Length') ?? 0;
      const length = end + 4 + Number(bodyLength);
      if (text.length < length) return;
      text = text.slice(length);
      note(head);
      answer(socket, head);
    }
  });
}

const server = createServer(serve);

const calls = {
  listen: async () => `http://127.0.0.1:${await listen(server)}/`,
  /**
   * Returns the requests since the last call: their number, how many distinct executions, how many of them came more than once,
   * latenesses (ms), and the ids of executions in order of arrival, with the instants.
   */
  collect: () => {
    const seen = hits.filter((count) => count > 0);
    const collected = {
      requests,
      connections,
      executions: seen.length,
      repeated: seen.filter((count) => count > 1).length,
      latenesses: [...latenesses].sort((a, b) => a - b),
      ids: [...ids],
      arrivedMs: [...arrivedMs],
    };
    hits = new Uint8Array(MAX_ID);
    requests = 0;
    connections = 0;
    latenesses = [];
    ids = [];
    arrivedMs = [];
    return collected;
  },
};

export type TargetCalls = typeof calls;

export const handler = serveCalls(calls);
