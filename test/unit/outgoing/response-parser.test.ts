import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseParser } from '../../../lib/outgoing/response-parser.ts';

type Parsed = { statusCode: number; headers: object; body: string };

/** Parses what arrives for one request, in these pieces. */
function parse(parser: ResponseParser, pieces: readonly string[], { isHead = false } = {}): Parsed[] {
  const parsed: Parsed[] = [];
  parser.expect(
    {
      onResponseStart: (statusCode, headers) =>
        parsed.push({ statusCode, headers: { ...headers }, body: '' }),
      onResponseData: (chunk) => {
        const last = parsed.at(-1);
        if (last !== undefined) last.body += Buffer.from(chunk).toString('latin1');
      },
    },
    { isHead },
  );
  for (const piece of pieces) parser.execute(Buffer.from(piece, 'latin1'));
  return parsed;
}

/** Divides a text at places that depend on the sizes. */
function divide(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const size of sizes) pieces.push(text.slice(at, (at += size)));
  return [...pieces, text.slice(at)].filter((piece) => piece !== '');
}

const value = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '"', ',', '\xe9'), maxLength: 12 });
const fields = fc.dictionary(fc.constantFrom('x-a', 'x-long-name', 'date', 'server', '__proto'), value);
const body = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\xff', '0', 'H'), maxLength: 60 });
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 });
const response = fc.record({
  statusCode: fc.constantFrom(200, 201, 302, 404, 503),
  fields,
  body,
  isChunked: fc.boolean(),
  chunkSizes: sizes,
  interim: fc.array(fc.constantFrom('100 Continue', '102 Processing', '103 Early Hints'), { maxLength: 2 }),
});

type Sent = typeof response extends fc.Arbitrary<infer Value> ? Value : never;

function textOf({ statusCode, fields, body, isChunked, chunkSizes, interim }: Sent): string {
  const lines = Object.entries(fields).map(([name, text]) => `${name}: ${text}\r\n`);
  const content = isChunked
    ? `transfer-encoding: chunked\r\n\r\n${divide(body, chunkSizes)
        .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
        .join('')}0\r\n\r\n`
    : `content-length: ${body.length}\r\n\r\n${body}`;
  const before = interim.map((status) => `HTTP/1.1 ${status}\r\nlink: </a>\r\n\r\n`).join('');
  return `${before}HTTP/1.1 ${statusCode} Reason\r\n${lines.join('')}${content}`;
}

describe('a parser of responses', () => {
  test('one response after the other is read as it was sent, in any pieces', () => {
    const parser = new ResponseParser();
    fc.assert(
      fc.property(response, sizes, (sent, pieces) => {
        const parsed = parse(parser, divide(textOf(sent), pieces));
        expect(parsed).toEqual([
          { statusCode: sent.statusCode, headers: expect.objectContaining(sent.fields), body: sent.body },
        ]);
        expect([parser.isComplete(), parser.keepsAlive()]).toEqual([true, true]);
      }),
      { numRuns: 2_000 },
    );
    parser.free();
  });

  test('a response without a length ends with the connection', () => {
    const parser = new ResponseParser();
    const parsed = parse(parser, ['HTTP/1.1 200 OK\r\n\r\nab', 'c']);
    expect(parser.isComplete()).toBe(false);
    expect(parser.finish()).toBe(true);
    expect(parsed).toEqual([{ statusCode: 200, headers: {}, body: 'abc' }]);
    expect(parser.keepsAlive()).toBe(false);
  });

  test.each([
    ['before its head', ''],
    ['in its head', 'HTTP/1.1 200 OK\r\nx-a'],
    ['in its body', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc'],
    ['after an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('a response that ends %s is not complete', (_, text) => {
    const parser = new ResponseParser();
    parse(parser, divide(text, []));
    expect([parser.finish(), parser.isComplete()]).toEqual([false, false]);
  });

  test.each([
    ['to HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', { isHead: true }],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', {}],
    ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', {}],
  ])('a response without a body is complete after its head: %s', (_, text, options) => {
    const parser = new ResponseParser();
    expect(parse(parser, [text], options)).toMatchObject([{ body: '' }]);
    expect(parser.isComplete()).toBe(true);
  });

  test.each([
    ['HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'],
    ['HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n'],
    ['HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na\n'],
  ])('after the response %j the connection is not used again', (text) => {
    const parser = new ResponseParser();
    parse(parser, [text]);
    expect([parser.isComplete(), parser.keepsAlive()]).toEqual([true, false]);
  });

  test.each([
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'],
    ['101 alone', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a line end without a carriage return', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-length: 0\r\n\r\n'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a folded header', 'HTTP/1.1 200 OK\r\nx-a: b\r\n c\r\ncontent-length: 0\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'],
    ['another text than a response', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('a parser refuses %s', (_, text) => {
    expect(() => parse(new ResponseParser(), [text])).toThrow(
      expect.objectContaining({ name: 'HTTPParserError' }),
    );
    expect(() => parse(new ResponseParser(), text.split(''))).toThrow(
      expect.objectContaining({ name: 'HTTPParserError' }),
    );
  });

  test('a header that occurs several times has all values, also one with the name __proto__', () => {
    const [parsed] = parse(new ResponseParser(), [
      'HTTP/1.1 204 A\r\nSet-Cookie: a=1\r\n__proto__: x\r\nset-cookie: b=2\r\nSET-COOKIE: c\r\n\r\n',
    ]);
    expect(Object.entries(parsed?.headers ?? {})).toEqual([
      ['set-cookie', ['a=1', 'b=2', 'c']],
      ['__proto__', 'x'],
    ]);
  });
});
