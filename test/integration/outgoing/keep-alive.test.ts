import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { describeFailure } from '../../../lib/domain/retry.ts';
import type { TargetRequest } from '../../../lib/outgoing/call-target.ts';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { loopbackPolicy, noNames } from '../../support/outgoing.ts';
import { startRawTarget } from '../../support/raw-target.ts';
import { closeServer, listen } from '../../support/listen.ts';

const COUNT = 600;
const IN_FLIGHT = 10;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: noNames });
const callTarget = makeCallTarget(agent);
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

type Options = Pick<TargetRequest, 'isRepeatable'> & { timeoutMs?: number };

const send = async (url: string, id: number, { isRepeatable, timeoutMs = 10_000 }: Options) => {
  const result = await callTarget({
    url,
    method: 'POST',
    headers: { 'x-id': String(id) },
    body: 'a',
    timeoutMs,
    isRepeatable,
  });
  return result.kind === 'answered' ? 'succeeded' : describeFailure(result);
};

/** Sends `count` requests, some at the same time; returns each outcome and how often it occurred. */
async function sendAll(url: string, options: Options): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  let next = 0;
  const lane = async () => {
    for (let id = next++; id < COUNT; id = next++) {
      const outcome = await send(url, id, options);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return outcomes;
}

/** Counts the requests of each id; the test decides how to answer the n-th request of a connection. */
async function startServer(onRequest: (socket: Socket, nth: number) => void) {
  const arrived: number[] = [];
  let connections = 0;
  const target = await startRawTarget((socket) => {
    connections += 1;
    let served = 0;
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      // Requests this small arrive in one piece.
      const id = Number(/^x-id: (\d+)/m.exec(chunk)?.[1]);
      served += 1;
      onRequest(socket, served);
      if (!socket.destroyed) arrived[id] = (arrived[id] ?? 0) + 1;
    });
  });
  ends.push(target.close);
  return { url: target.url, arrived, connections: () => connections };
}

const oncePerId = Array.from({ length: COUNT }, () => 1);

/** Decides the race in the target: it had closed the connection when the next request arrived. */
const closedBefore = (socket: Socket, nth: number) => {
  if (nth === 1) socket.write(OK);
  else socket.resetAndDestroy();
};

test('requests over connections that the target has just closed all arrive', async () => {
  const server = await startServer(closedBefore);
  expect(await sendAll(server.url, { isRepeatable: true })).toEqual({ succeeded: COUNT });
  expect(server.arrived).toEqual(oncePerId);
});

test('a request that must not be repeated uses a connection of its own, once', async () => {
  const server = await startServer(closedBefore);
  expect(await sendAll(server.url, { isRepeatable: false })).toEqual({ succeeded: COUNT });
  expect(server.arrived).toEqual(oncePerId);
  expect(server.connections()).toBe(COUNT);
});

test('a request that must not be repeated is not repeated when its connection ends without an answer', async () => {
  const server = await startServer((socket) => socket.resetAndDestroy());
  expect(await send(server.url, 0, { isRepeatable: false })).toBe('the request failed: ECONNRESET');
  expect(server.connections()).toBe(1);
});

test('a request over a new connection that ends without an answer is not repeated', async () => {
  const server = await startServer((socket) => socket.resetAndDestroy());
  expect(await send(server.url, 0, { isRepeatable: true })).toBe('the request failed: ECONNRESET');
  expect(server.connections()).toBe(1);
});

test('a request is repeated once, even when the new connection ends as well', async () => {
  let isOver = false;
  const server = await startServer((socket) => {
    if (isOver) socket.resetAndDestroy();
    else socket.write(OK);
  });
  expect(await send(server.url, 0, { isRepeatable: true })).toBe('succeeded');
  isOver = true;
  expect(await send(server.url, 1, { isRepeatable: true })).toBe('the request failed: ECONNRESET');
  expect(server.connections()).toBe(2);
});

test('a request is not repeated when the answer has begun', async () => {
  const server = await startServer((socket, nth) => {
    if (nth === 1) socket.write(OK);
    else socket.write('HTTP/1.1 100 Continue\r\n\r\n', () => socket.destroySoon());
  });
  expect(await send(server.url, 0, { isRepeatable: true })).toBe('succeeded');
  expect(await send(server.url, 1, { isRepeatable: true })).toBe('the request failed: UND_ERR_SOCKET');
  expect(server.connections()).toBe(1);
});

test('a repeated request ends with the timeout of the request', async () => {
  const server = await startServer((socket, nth) => {
    if (server.connections() > 1) return;
    if (nth === 1) socket.write(OK);
    else socket.resetAndDestroy();
  });
  expect(await send(server.url, 0, { isRepeatable: true })).toBe('succeeded');
  const outcome = await send(server.url, 1, { isRepeatable: true, timeoutMs: 200 });
  expect(outcome).toBe('no complete response within 200 ms');
  expect(server.connections()).toBe(2);
});

async function serve(listener: RequestListener, settings: Partial<Server> = {}) {
  const arrived: number[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const id = Number(request.headers['x-id']);
    arrived[id] = (arrived[id] ?? 0) + 1;
    request.resume();
    listener(request, response);
  });
  Object.assign(server, settings);
  server.on('connection', () => (connections += 1));
  const port = await listen(server);
  ends.push(() => closeServer(server));
  return { url: `http://127.0.0.1:${port}/`, arrived, connections: () => connections };
}

test.each<[string, RequestListener, Partial<Server>]>([
  // By FIN: the next request of the connection may already be on its way.
  ['right after its answer, unannounced', ({ socket }, response) => response.end(() => socket.end()), {}],
  [
    '1 ms after its answer',
    ({ socket }, response) => response.end(() => setTimeout(() => socket.end(), 1)),
    {},
  ],
  ['with its answer', (_, response) => response.setHeader('connection', 'close').end(), {}],
  ['after 7 requests', (_, response) => response.end(), { maxRequestsPerSocket: 7 }],
])('requests to a target that closes its connections %s all arrive', async (_, listener, settings) => {
  const server = await serve(listener, settings);
  expect(await sendAll(server.url, { isRepeatable: false })).toEqual({ succeeded: COUNT });
  expect(server.arrived).toEqual(oncePerId);
  expect(await sendAll(server.url, { isRepeatable: true })).toEqual({ succeeded: COUNT });
  // A server that has sent its FIN may still read a request that it cannot answer.
  expect(server.arrived.every((times) => times === 2 || times === 3)).toBe(true);
});

test.each([
  ['timeout=1', 2],
  ['timeout=60', 1],
])('after the hint Keep-Alive: %s, two requests use connections: %i', async (hint, connections) => {
  const server = await serve((_, response) =>
    response.setHeader('connection', 'keep-alive').setHeader('keep-alive', hint).end(),
  );
  await send(server.url, 0, { isRepeatable: true });
  await send(server.url, 1, { isRepeatable: true });
  expect(server.connections()).toBe(connections);
});
