import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

type Refusal = { status: number; code: string; detail: string };

const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'HEADERS_TOO_LARGE',
    detail: 'the address and the headers together may have 16 KiB',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'REQUEST_TIMEOUT',
    detail: 'the request did not arrive in time',
  },
};
const INVALID: Refusal = { status: 400, code: 'INVALID_HTTP', detail: 'the request is not valid HTTP' };

/** A request that may have an answer with a body. The parser gives up before it knows the method, so the start of the packet tells. */
const HAS_BODY = /^(?:GET|POST|PUT|PATCH|DELETE|OPTIONS) /;

/**
 * Answers a request that Node's parser refuses with a problem document, as all other errors. Node's own answer has no body. If the
 * request may be a HEAD request, the answer has no body either.
 */
export function refuseMalformed(error: Error & { code?: string; rawPacket?: Buffer }, socket: Duplex): void {
  // The caller has disconnected, or has already received a part of an answer.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.writableLength > 0) {
    socket.destroy();
    return;
  }
  const { status, code, detail } = refusals[error.code ?? ''] ?? INVALID;
  const title = STATUS_CODES[status] ?? '';
  const start = error.rawPacket?.toString('latin1', 0, 8) ?? '';
  const body = HAS_BODY.test(start)
    ? JSON.stringify({ type: 'about:blank', title, status, detail, code })
    : '';
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${randomUUID()}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
