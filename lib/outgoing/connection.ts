import { Socket } from 'node:net';
import type { TargetResponse } from '../domain/exchange.ts';
import { type ConnectionTimes, timeConnection } from './connection-times.ts';
import type { Connect } from './guard-connector.ts';
import { type OutgoingRequest, toRequestText, type RequestText } from './request-text.ts';
import { CHUNK_BYTES, ResponseParser } from './response-parser.ts';

/** How long an idle connection is kept if the target does not announce a keep-alive timeout. */
const IDLE_MS = 4_000;
/** If the target announces a timeout, an idle connection is kept for 2 s less than that, and at most this long. */
const MAX_IDLE_MS = 30_000;
const KEEP_ALIVE_MARGIN_MS = 2_000;

/** Handles the answer to a request. Exactly one of `onResponseEnd` and `onResponseError` is called, unless the connection is closed before. */
export type AnswerHandler = {
  onResponseStart: (statusCode: number, headers: TargetResponse['headers']) => void;
  /** @param chunk is valid only during the call. */
  onResponseData: (chunk: Uint8Array) => void;
  onResponseEnd: () => void;
  onResponseError: (error: Error) => void;
};

/** All sockets read into this buffer: what they have read is handled before the next one reads. */
const received = Buffer.allocUnsafeSlow(CHUNK_BYTES);
const connectionOf = new WeakMap<Socket, Connection>();

/**
 * The option of a socket that hands its bytes to the socket's connection. As a stream, the socket would allocate 64 KiB for each read,
 * and a read would pass through a dozen functions.
 */
export const onread = {
  buffer: received,
  callback(this: unknown, length: number): boolean {
    if (this instanceof Socket) connectionOf.get(this)?.receive(received.subarray(0, length));
    return true;
  },
};

/** Connections that have served before, and whose next requests are not written yet. */
let toWrite: Connection[] = [];

/**
 * Writes the requests in the next turn, all together. Until then every socket has reported whether its target has closed it, and all bytes that
 * no request waits for, which would be taken for the answer.
 */
function writeSoon(connection: Connection): void {
  if (toWrite.push(connection) > 1) return;
  setImmediate(() => {
    const connections = toWrite;
    toWrite = [];
    for (const each of connections) each.write();
  });
}

/**
 * A connection to an origin with HTTP/1.1 that carries one request at a time. It does not pipeline, because a pipelined request
 * could be lost or sent twice when another request ends the connection.
 */
export class Connection {
  readonly origin: string;
  readonly #url: URL;
  readonly #connect: Connect;
  readonly #onClosed: () => void;
  #socket: Socket | undefined;
  /** Undefined until the socket is open. */
  #parser: ResponseParser | undefined;
  #times: ConnectionTimes = {};
  #handler: AnswerHandler | undefined;
  #request: RequestText | undefined;
  #isHead = false;
  /** Whether the request was written, and its answer is not complete. */
  #isAwaiting = false;
  /** Number of requests that were sent over the socket. */
  #served = 0;
  #answerBeganAtMs: number | undefined;
  #idleUntilMs = 0;
  #isClosed = false;

  /**
   * @param options.onClosed called when the socket has closed or could not be opened.
   * @throws Error if the origin is not http or https.
   */
  constructor(origin: string, { connect, onClosed }: { connect: Connect; onClosed: () => void }) {
    this.origin = origin;
    this.#url = new URL(origin);
    if (this.#url.protocol !== 'http:' && this.#url.protocol !== 'https:') {
      throw Object.assign(new Error('a URL is http or https'), { code: 'UND_ERR_INVALID_ARG' });
    }
    this.#connect = connect;
    this.#onClosed = onClosed;
  }

  /** Whether the connection can carry another request. */
  isOpen(): boolean {
    return !this.#isClosed && this.#socket !== undefined && performance.now() < this.#idleUntilMs;
  }

  /** Whether the last request used a socket that had served before. The target may have been closing it then. */
  isReused(): boolean {
    return this.#served > 1;
  }

  /** When the first byte of the answer to the last request arrived, by `performance.now()`. Undefined before. Interim answers count. */
  answerBeganAtMs(): number | undefined {
    return this.#answerBeganAtMs;
  }

  /** How long it took to open the socket. Empty if it was not opened. */
  times(): ConnectionTimes {
    return this.#times;
  }

  /** @throws Error if the request cannot be written. */
  send(request: OutgoingRequest, handler: AnswerHandler): void {
    this.#request = toRequestText(this.#url.host, request);
    this.#isHead = request.method === 'HEAD';
    this.#handler = handler;
    this.#served += 1;
    this.#answerBeganAtMs = undefined;
    if (this.#socket === undefined) this.#open();
    else writeSoon(this);
  }

  /** Writes the request. */
  write(): void {
    const [socket, parser, handler, request] = [this.#socket, this.#parser, this.#handler, this.#request];
    if (!socket || !parser || !handler || !request) return;
    this.#isAwaiting = true;
    parser.expect(handler, { isHead: this.#isHead });
    const { parts } = request;
    if (parts.length > 1) socket.cork();
    for (const part of parts) socket.write(part, 'latin1');
    if (parts.length > 1) socket.uncork();
  }

  /** @param chunk is valid only during the call. */
  receive(chunk: Buffer): void {
    const parser = this.#parser;
    if (parser === undefined || !this.#isAwaiting) return this.#fail(socketError('no request was sent'));
    this.#answerBeganAtMs ??= performance.now();
    try {
      parser.execute(chunk);
    } catch (error) {
      return this.#fail(error instanceof Error ? error : new Error('not parsed', { cause: error }));
    }
    if (parser.isComplete()) this.#end(parser);
  }

  /** Closes the connection at once, even during a request, so that its descriptor is free when this returns. */
  close(): void {
    this.#isClosed = true;
    this.#isAwaiting = false;
    this.#handler = undefined;
    this.#socket?.destroy();
  }

  #open(): void {
    const { protocol, host, hostname, port } = this.#url;
    const target = { protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port };
    const started = this.#connect(target, (...[error, socket]) => {
      if (error !== null) this.#fail(error);
      else if (this.#isClosed) socket.destroy();
      else this.#opened(socket);
    });
    if (!(started instanceof Socket)) return;
    this.#socket = started;
    this.#times = timeConnection(started);
  }

  #opened(socket: Socket): void {
    const parser = new ResponseParser();
    this.#socket = socket;
    this.#parser = parser;
    connectionOf.set(socket, this);
    socket
      .on('end', () => this.#ended(parser, socketError('other side closed')))
      // A target that closes before it has read everything resets the connection. Its answer is complete nevertheless.
      .on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? this.#ended(parser, error) : this.#fail(error),
      )
      .on('close', () => {
        this.#fail(socketError('closed'));
        parser.free();
        this.#onClosed();
      });
    // The timer of a request keeps the process alive. An idle connection does not.
    socket.unref();
    this.write();
  }

  /** The answer is complete. */
  #end(parser: ResponseParser): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#isAwaiting = false;
    const idleMs = this.#request?.maySendMore === true ? idleMsOf(parser) : 0;
    this.#idleUntilMs = performance.now() + idleMs;
    if (idleMs <= 0) this.close();
    handler?.onResponseEnd();
  }

  /** The target sends no more. An answer without a length is complete then. */
  #ended(parser: ResponseParser, error: Error): void {
    if (this.#isAwaiting && parser.finish()) this.#end(parser);
    else this.#fail(error);
  }

  #fail(error: Error): void {
    const handler = this.#handler;
    this.close();
    handler?.onResponseError(error);
  }
}

/** How long the connection is kept after a complete answer. */
function idleMsOf(parser: ResponseParser): number {
  if (!parser.keepsAlive()) return 0;
  const hint = parser.keepAliveHint();
  if (hint === undefined) return IDLE_MS;
  // A target says the same each time.
  if (hint !== lastHint.text) lastHint = { text: hint, idleMs: announcedIdleMs(hint) };
  return lastHint.idleMs;
}

let lastHint = { text: '', idleMs: IDLE_MS };

function announcedIdleMs(hint: string): number {
  const seconds = /timeout=(\d+)/.exec(hint)?.[1];
  return seconds === undefined
    ? IDLE_MS
    : Math.min(Number(seconds) * 1_000 - KEEP_ALIVE_MARGIN_MS, MAX_IDLE_MS);
}

const socketError = (message: string): Error => Object.assign(new Error(message), { code: 'UND_ERR_SOCKET' });
