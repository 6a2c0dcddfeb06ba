import { expect, test } from 'vitest';
import { type OutgoingRequest, toRequestText } from '../../../lib/outgoing/request-text.ts';

const write = (fields: Partial<OutgoingRequest>) => {
  const request: OutgoingRequest = {
    method: 'POST',
    path: '/a?b',
    headers: {},
    body: null,
    isLast: false,
    ...fields,
  };
  const { parts, maySendMore } = toRequestText('shop.test:81', request);
  return {
    text: parts.map((part) => part.toString('latin1')).join(''),
    parts,
    maySendMore,
  };
};

test('a small request is one text, with its length', () => {
  const { parts, maySendMore } = write({ headers: { 'x-a': 'b' }, body: '{}' });
  expect(parts).toEqual([
    'POST /a?b HTTP/1.1\r\nhost: shop.test:81\r\nconnection: keep-alive\r\nx-a: b\r\ncontent-length: 2\r\n\r\n{}',
  ]);
  expect(maySendMore).toBe(true);
});

test.each(['☃', 'é', Buffer.from([0xff, 0x00])])('a body is sent as its bytes: %j', (body) => {
  const { parts } = write({ body });
  expect(parts[0]).toContain(`content-length: ${Buffer.byteLength(body)}\r\n`);
  expect(parts[1]?.toString()).toBe(body.toString());
});

test.each([
  ['POST', null, 'content-length: 0', true],
  ['GET', null, undefined, true],
  ['HEAD', null, undefined, false],
  ['DELETE', 'a', 'content-length: 1', false],
  ['PUT', 'a', 'content-length: 1', true],
] as const)('a %s with the body %j has %s; more requests follow: %s', (method, body, length, more) => {
  const { text, maySendMore } = write({ method, body });
  expect(/content-length: \d+/.exec(text)?.[0]).toBe(length);
  expect(maySendMore).toBe(more);
});

test('the last request of a connection says so', () => {
  expect(write({ isLast: true }).text).toContain('\r\nconnection: close\r\n');
  expect(write({ isLast: true }).maySendMore).toBe(false);
});

test.each([
  ['x-a', 'b\r\nx-c: d'],
  ['x-a', 'b\n'],
  ['x-a', '\0'],
  ['x-a', '☃'],
  ['x-a: b\r\nx-c', 'd'],
  ['', 'a'],
  ['x a', 'b'],
  ['Transfer-Encoding', 'chunked'],
  ['content-length', '0'],
  ['Host', 'else.test'],
  ['connection', 'close'],
])('a request with the header %j: %j is refused', (name, value) => {
  expect(() => write({ headers: { [name]: value } })).toThrow(
    expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' }),
  );
});
