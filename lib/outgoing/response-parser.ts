import type { TargetResponse } from '../domain/exchange.ts';
import { type Llhttp, loadLlhttp, OK, type ParserCallbacks, PAUSED, RESPONSE } from './llhttp.ts';

/** Maximum size of the header fields of an answer, names and values together, and of all interim answers before it. */
const MAX_HEADER_BYTES = 65_536;
/** What an interim answer counts for, besides its header fields. */
const STATUS_LINE_BYTES = 25;

/** What a parser reports while it reads the bytes of a response. */
export type ResponseHandler = {
  onResponseStart: (statusCode: number, headers: TargetResponse['headers']) => void;
  /** @param chunk is valid only during the call. */
  onResponseData: (chunk: Uint8Array) => void;
};

/** Maximum size of a chunk. */
export const CHUNK_BYTES = 65_536;

/** The parser that llhttp calls back. */
let current: ResponseParser;
let llhttp: Llhttp | undefined;
/** The place of the chunk in llhttp's memory. */
let input = 0;

/**
 * Parses the responses of one connection with llhttp, one after the other.
 *
 * It skips interim answers (1xx): a client must accept them even if it did not ask for them (RFC 9110, 15.2). It refuses 101,
 * after which the connection changes its protocol.
 */
export class ResponseParser implements ParserCallbacks {
  readonly #llhttp: Llhttp;
  readonly #pointer: number;
  #handler: ResponseHandler | undefined;
  #isHead = false;
  #isComplete = false;
  #keepsAlive = false;
  #keepAliveHint: string | undefined;
  #isInterim = false;
  /** Names and values in turn. A part of one that came last may be incomplete. */
  #fields: string[] = [];
  #fieldBytes = 0;
  #interimBytes = 0;
  #chunk: Buffer = Buffer.alloc(0);
  #error: Error | undefined;

  constructor() {
    if (llhttp === undefined) {
      llhttp = loadLlhttp(() => current);
      input = llhttp.malloc(CHUNK_BYTES);
    }
    this.#llhttp = llhttp;
    this.#pointer = this.#llhttp.llhttp_alloc(RESPONSE);
  }

  /** The next bytes belong to the response to a new request. */
  expect(handler: ResponseHandler, { isHead }: { isHead: boolean }): void {
    this.#handler = handler;
    this.#isHead = isHead;
    this.#isComplete = false;
    this.#interimBytes = 0;
  }

  /** @throws Error when the bytes do not continue a valid response. The parser cannot be used afterwards. */
  execute(chunk: Buffer): void {
    const { memory, llhttp_execute: execute, llhttp_get_error_pos: pausedAt } = this.#llhttp;
    new Uint8Array(memory.buffer, input, chunk.length).set(chunk);
    this.#chunk = chunk;
    // oxlint-disable-next-line typescript/no-this-alias -- a callback of llhttp has no `this`
    current = this;
    // It pauses after each message, which is an interim answer or the response.
    for (let start = 0; start < chunk.length;) {
      const code = execute(this.#pointer, input + start, chunk.length - start);
      if (code === OK) return;
      if (code !== PAUSED) throw this.#error ?? new HTTPParserError(`llhttp error ${code}`);
      start = pausedAt(this.#pointer) - input;
      this.#llhttp.llhttp_reset(this.#pointer);
      if (!this.#isComplete) continue;
      // The rest would be taken for the answer to the next request.
      if (start < chunk.length) this.#keepsAlive = false;
      return;
    }
  }

  /** The target has closed its side. Returns whether the response is complete: without a length it ends there. */
  finish(): boolean {
    // oxlint-disable-next-line typescript/no-this-alias -- a callback of llhttp has no `this`
    current = this;
    this.#llhttp.llhttp_finish(this.#pointer);
    return this.#isComplete;
  }

  isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether the target keeps the connection after the response. */
  keepsAlive(): boolean {
    return this.#keepsAlive;
  }

  /** The value of the response's header `Keep-Alive`. */
  keepAliveHint(): string | undefined {
    return this.#keepAliveHint;
  }

  /** Frees its memory. It must not be called by a handler. */
  free(): void {
    this.#llhttp.llhttp_free(this.#pointer);
  }

  onMessageBegin(): number {
    this.#fields = [];
    this.#fieldBytes = 0;
    return OK;
  }

  onHeaderField(at: number, length: number): number {
    return this.#addToFields(at, length, 0);
  }

  onHeaderValue(at: number, length: number): number {
    return this.#addToFields(at, length, 1);
  }

  onHeadersComplete(statusCode: number, isUpgrade: boolean, shouldKeepAlive: boolean): number {
    if (isUpgrade || statusCode === 101) return this.#refuse(new HTTPParserError('another protocol'));
    this.#isInterim = statusCode < 200;
    if (this.#isInterim) return 1;
    const headers = toHeaders(this.#fields);
    this.#fields = [];
    const hint = headers['keep-alive'];
    this.#keepAliveHint = typeof hint === 'string' ? hint : hint?.join();
    // A content that must not be there would be taken for the next response.
    const isEmpty = statusCode === 204 || statusCode === 304;
    const hasContent = 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
    this.#keepsAlive = shouldKeepAlive && !this.#isHead && !(isEmpty && hasContent);
    this.#handler?.onResponseStart(statusCode, headers);
    return this.#isHead ? 1 : OK;
  }

  onBody(at: number, length: number): number {
    this.#handler?.onResponseData(this.#chunk.subarray(at - input, at - input + length));
    return OK;
  }

  onMessageComplete(): number {
    if (!this.#isInterim) {
      this.#isComplete = true;
      this.#handler = undefined;
      return PAUSED;
    }
    this.#interimBytes += STATUS_LINE_BYTES + this.#fieldBytes;
    return this.#interimBytes > MAX_HEADER_BYTES ? this.#refuse(new InterimOverflowError()) : PAUSED;
  }

  /** @param place 0 for a name, 1 for a value. llhttp reports one that spans two chunks in parts. */
  #addToFields(at: number, length: number, place: 0 | 1): number {
    const text = this.#chunk.toString('latin1', at - input, at - input + length);
    const fields = this.#fields;
    if (fields.length % 2 === place) fields.push(text);
    else fields[fields.length - 1] += text;
    this.#fieldBytes += length;
    if (this.#fieldBytes <= MAX_HEADER_BYTES) return OK;
    const isInterim = this.#llhttp.llhttp_get_status_code(this.#pointer) < 200;
    return this.#refuse(isInterim ? new InterimOverflowError() : new HeadersOverflowError());
  }

  #refuse(error: Error): number {
    this.#error = error;
    return -1;
  }
}

/** The names and codes are undici's, and stay in the history. */
class HTTPParserError extends Error {
  override readonly name = 'HTTPParserError';
}
class HeadersOverflowError extends Error {
  readonly code = 'UND_ERR_HEADERS_OVERFLOW';
}
class InterimOverflowError extends Error {
  readonly code = 'INTERIM_OVERFLOW';
}

function toHeaders(fields: readonly string[]): TargetResponse['headers'] {
  // Without a prototype, `__proto__` is a name like any other.
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let index = 0; index < fields.length; index += 2) {
    const name = (fields[index] ?? '').toLowerCase();
    const value = fields[index + 1] ?? '';
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else headers[name] = typeof known === 'string' ? [known, value] : [...known, value];
  }
  return headers;
}
