import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { describeFailure } from '../../../lib/domain/retry.ts';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { loopbackPolicy, noNames } from '../../support/outgoing.ts';
import { startRawTarget } from '../../support/raw-target.ts';
import { until } from '../../support/waiting.ts';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const ANSWER = 'HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n';

const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: noNames });
const callTarget = makeCallTarget(agent);
let close = async (): Promise<void> => {};
afterEach(() => close());

/** Sends two requests, one after the other, to a target that answers each with these pieces, 10 ms apart. */
async function callTwice(...pieces: string[]) {
  let connections = 0;
  let requests = 0;
  const answer = async (socket: Socket) => {
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      if (!socket.destroyed) socket.write(piece, 'latin1');
    }
  };
  const target = await startRawTarget((socket) => {
    connections += 1;
    socket.setNoDelay(true).on('data', () => {
      requests += 1;
      void answer(socket);
    });
  });
  ({ close } = target);
  const outcomes: string[] = [];
  for (let call = 0; call < 2; call += 1) {
    const result = await callTarget({
      url: target.url,
      method: 'POST',
      headers: {},
      body: 'a',
      timeoutMs: 3_000,
      isRepeatable: true,
    });
    outcomes.push(result.kind === 'answered' ? String(result.statusCode) : describeFailure(result));
  }
  return { outcomes, requests, connections };
}

/** Both requests are accepted, over one connection. */
const accepted = (status: number) => ({
  outcomes: [String(status), String(status)],
  requests: 2,
  connections: 1,
});

describe('an interim response that the request did not ask for', () => {
  test.each([
    ['in one packet with the answer', [CONTINUE + ANSWER]],
    ['before the answer', [CONTINUE, ANSWER]],
    ['several times', [CONTINUE + CONTINUE, CONTINUE, ANSWER]],
    ['of HTTP/1.0', [`HTTP/1.0 100 Continue\r\n\r\n${ANSWER}`]],
    ['without a reason', [`HTTP/1.1 100\r\n\r\n${ANSWER}`, '']],
    ['with header fields', [`HTTP/1.1 100 Continue\r\ncontent-length: 5\r\nx-a: b\r\n\r\n${ANSWER}`]],
    [
      'of other kinds',
      [`HTTP/1.1 102 Processing\r\n\r\n${CONTINUE}HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n`, ANSWER],
    ],
    ['byte by byte', (CONTINUE + ANSWER).split('')],
  ])('an interim response is skipped: %s', async (_, pieces) => {
    expect(await callTwice(...pieces)).toEqual(accepted(204));
  });

  test('an interim response does not end the connection when no final response follows', async () => {
    const target = await startRawTarget((socket) => socket.once('data', () => socket.write(CONTINUE)));
    ({ close } = target);
    const request = { method: 'GET', headers: {}, body: null, timeoutMs: 300, isRepeatable: true } as const;
    expect(await callTarget({ ...request, url: target.url })).toMatchObject({
      kind: 'timedOut',
      timeoutMs: 300,
    });
  });

  test('an interim response after the final one does not answer the next request', async () => {
    const { outcomes, connections } = await callTwice(ANSWER + CONTINUE);
    expect(outcomes).toEqual(['204', '204']);
    expect(connections).toBe(2);
  });

  test('a response that no request waits for closes the connection, and answers no request', async () => {
    let connections = 0;
    const target = await startRawTarget((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      socket.on('data', () => {
        socket.write(ANSWER, () => {
          if (isFirst) socket.write('HTTP/1.1 500 A\r\ncontent-length: 0\r\n\r\n');
        });
      });
    });
    ({ close } = target);
    const request = { method: 'GET', headers: {}, body: null, timeoutMs: 3_000, isRepeatable: true } as const;
    expect(await callTarget({ ...request, url: target.url })).toMatchObject({ statusCode: 204 });
    await until(() => target.openConnections() === 0);
    expect(await callTarget({ ...request, url: target.url })).toMatchObject({ statusCode: 204 });
    expect(connections).toBe(2);
  });

  test('an interim response with other line ends hides no part of the final response', async () => {
    const { outcomes } = await callTwice(`HTTP/1.1 100 Continue\n\nHTTP/1.1 500 A\r\n\r\n${ANSWER}`);
    expect(outcomes).not.toContain('204');
  });

  test('interim responses have a limit in bytes', async () => {
    const { outcomes } = await callTwice(CONTINUE.repeat(3_000) + ANSWER);
    expect(outcomes).toEqual(Array(2).fill('the request failed: INTERIM_OVERFLOW'));
    await close();
    const endless = await callTwice(`HTTP/1.1 100 Continue\r\nx-a: ${'a'.repeat(70_000)}`);
    expect(endless.outcomes).toEqual(Array(2).fill('the request failed: INTERIM_OVERFLOW'));
  });
});

describe('a response', () => {
  test.each([
    [65_536, '200'],
    [65_537, 'the request failed: UND_ERR_HEADERS_OVERFLOW'],
  ])('a response with header fields of %i bytes, names and values, ends as %s', async (bytes, outcome) => {
    const length = 'content-length: 0\r\n';
    const [name, names] = ['x-field', 7];
    const full = `${name}: ${'a'.repeat(1_024 - names)}\r\n`.repeat(63);
    const rest = `${name}: ${'a'.repeat(bytes - 63 * 1_024 - names - 'content-length0'.length)}\r\n`;
    const { outcomes } = await callTwice(`HTTP/1.1 200 OK\r\n${length}${full}${rest}\r\n`);
    expect(outcomes).toEqual([outcome, outcome]);
  });

  test.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-length: 0\r\n\r\n'],
    ['lines that end in a line feed alone', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
  ])('a response with %s is refused', async (_, text) => {
    const { outcomes } = await callTwice(text);
    expect(outcomes).toEqual(Array(2).fill('the request failed: HTTPParserError'));
  });
});
