import * as fc from 'fast-check';

/** Bytes for a socket, split into the pieces of its writes. */
export type RawRequest = { name: string; pieces: readonly Buffer[] };

const JOB = '{"schedule":"@every 366d","api":"http://127.0.0.1:9/","isActive":false}';

type Make = (key: string) => string | readonly string[];

const post = (key: string, more: string) =>
  `POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${key}\r\nContent-Type: application/json\r\n${more}`;
const get = (key: string, target = '/api/v1/jobs?limit=1', more = '') =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${key}\r\n${more}\r\n`;

/** Requests that no conforming HTTP client sends. */
const requests: Readonly<Record<string, Make>> = {
  nothing: () => '',
  'blank lines': () => '\r\n\r\n\r\n',
  'no version': () => 'GET /health\r\n\r\n',
  'HTTP/0.9': () => 'GET /health HTTP/0.9\r\n\r\n',
  'HTTP/1.0': () => 'GET /health HTTP/1.0\r\n\r\n',
  'HTTP/2': () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/9.9': () => 'GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n',
  TLS: () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'an unknown method': () => 'BREW /health HTTP/1.1\r\nHost: localhost\r\n\r\n',
  CONNECT: () => 'CONNECT elsewhere.invalid:443 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  upgrade: (key) =>
    get(key, '/health', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: aaaa\r\n'),
  'h2c upgrade': (key) =>
    get(key, '/health', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n'),
  'no host': () => 'GET /health HTTP/1.1\r\n\r\n',
  'two hosts': () => 'GET /health HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n',
  'line feeds alone': () => 'GET /health HTTP/1.1\nHost: localhost\n\n',
  'a folded header': (key) => get(key, '/health', 'X-Fold: a\r\n b\r\n'),
  'a blank before the colon': (key) => get(key, '/health', 'X-Blank : a\r\n'),
  'a header without a colon': (key) => get(key, '/health', 'nothing here\r\n'),
  'NUL in a header': (key) => get(key, '/health', 'X-Nul: a\0b\r\n'),
  'a carriage return in a header': (key) => get(key, '/health', 'X-Cr: a\rb\r\n'),
  'blanks in the target': (key) => get(key, '/api/v1/jobs /1'),
  'control characters in the target': (key) => get(key, '/api/v1/\x01\x7f'),
  'an absolute target': (key) => get(key, 'http://[::1/api/v1/jobs'),
  'a target of another scheme': (key) => get(key, 'file:///etc/passwd'),
  'a target that is not a URL': (key) => get(key, '://'),
  'content-length twice': (key) =>
    post(key, `Content-Length: ${JOB.length}\r\nContent-Length: 1\r\n\r\n${JOB}`),
  'content-length negative': (key) => post(key, `Content-Length: -1\r\n\r\n${JOB}`),
  'content-length signed': (key) => post(key, `Content-Length: +${JOB.length}\r\n\r\n${JOB}`),
  'content-length not a number': (key) => post(key, `Content-Length: 0x10\r\n\r\n${JOB}`),
  'content-length beyond 2^64': (key) => post(key, `Content-Length: 99999999999999999999999\r\n\r\n${JOB}`),
  'content-length too large': (key) => post(key, `Content-Length: 99999999\r\n\r\n${JOB}`),
  'content-length too small': (key) => post(key, `Content-Length: 10\r\n\r\n${JOB}`),
  'a body that never ends': (key) => post(key, `Content-Length: ${JOB.length + 5}\r\n\r\n${JOB}`),
  'a slow body': (key) => [post(key, `Content-Length: ${JOB.length}\r\n\r\n`), JOB.slice(0, 9), JOB.slice(9)],
  'a slow head': (key) => ['GET /health HT', 'TP/1.1\r\nHo', `st: a\r\nX-Api-Key: ${key}\r\n`, '\r\n'],
  'chunked and with a length': (key) =>
    post(key, `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n`),
  'chunked twice': (key) => post(key, 'Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'),
  'chunked by another name': (key) => post(key, 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'),
  'chunked, and not at the end': (key) => post(key, 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'),
  'a chunk whose size is not a number': (key) =>
    post(key, 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'),
  'a chunk beyond 2^64': (key) => post(key, 'Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n'),
  'a chunk longer than it says': (key) =>
    post(key, 'Transfer-Encoding: chunked\r\n\r\n1\r\n{}{}{}\r\n0\r\n\r\n'),
  'chunk extensions': (key) =>
    post(key, `Transfer-Encoding: chunked\r\n\r\n${JOB.length.toString(16)};a="b"\r\n${JOB}\r\n0\r\n\r\n`),
  trailers: (key) => post(key, `Transfer-Encoding: chunked\r\n\r\n0\r\nX-Api-Key: other\r\nHost: b\r\n\r\n`),
  'a thousand chunks': (key) =>
    post(key, `Transfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(1_000)}0\r\n\r\n`),
  pipelined: (key) => get(key).repeat(20),
  'pipelined after a refusal': (key) => `${get('none')}${get(key)}GET / HTTP/1.1\r\n\r\n`,
  'a request inside a body': (key) => post(key, `Content-Length: 40\r\n\r\n${get(key)}`),
  '200 headers': (key) => get(key, '/health', 'X-A: b\r\n'.repeat(200)),
  '3,000 headers': (key) => get(key, '/health', 'A:\r\n'.repeat(3_000)),
  'a header of 100 KB': (key) => get(key, '/health', `X-Long: ${'a'.repeat(100_000)}\r\n`),
  'a target of 100 KB': (key) => get(key, `/${'a'.repeat(100_000)}`),
};

const names = Object.keys(requests);

/** Generates these requests, some unchanged and some with up to three bytes changed. */
export function rawRequests(key: string): fc.Arbitrary<RawRequest> {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 });
  return fc.tuple(fc.constantFrom(...names), edits).map(([name, changed]) => {
    const pieces = [requests[name]?.(key) ?? ''].flat().map((piece) => Buffer.from(piece, 'latin1'));
    for (const [place, byte] of changed) {
      const piece = pieces[place % pieces.length];
      // Only in the first 40 bytes: a changed key would only be one more wrong key.
      if (piece !== undefined && piece.length > 0) piece[place % Math.min(piece.length, 40)] = byte;
    }
    return { name: changed.length === 0 ? name : `${name}, changed`, pieces };
  });
}
