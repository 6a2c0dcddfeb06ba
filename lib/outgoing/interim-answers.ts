import type { Socket } from 'node:net';

/** Bytes of interim answers before the answer itself, at most. */
const MAX_INTERIM_BYTES = 65_536;

const STATUS_LINE = 'HTTP/1.1 100 ';
/** 101 is no interim answer: after it the connection speaks something else. */
const INTERIM = /^HTTP\/1\.[01] 1(?:0[02-9]|[1-9]\d)[ \r]/;
const HEAD_END = '\r\n\r\n';
const BARE_LINE_FEED = /(?<!\r)\n/;

export type AnswerWatch = {
  /** Call it just before a request is written: the next bytes begin its answer. */
  expectAnswer: () => void;
  /** Whether a byte of the answer to the last request has come, an interim answer's included. */
  hasBegun: () => boolean;
};

/**
 * Makes a socket's `read` leave out interim answers (1xx), which a client must accept even unasked (RFC 9110, 15.2).
 * undici ends a connection that brings a `100 Continue`, and has no option for it.
 *
 * Nothing else is judged here. Bytes that no request waits for, heads that are not strict (a line feed alone in them) and
 * 101 reach the parser as they came, which refuses them.
 */
export function skipInterimAnswers(socket: Socket): AnswerWatch {
  const readSocket = socket.read.bind(socket);
  let isAwaited = false;
  let hasBegun = false;
  let skippedBytes = 0;
  /** The begin of what may become an interim answer. */
  let held: Buffer = Buffer.alloc(0);

  const pass = (bytes: Buffer): Buffer => {
    isAwaited = false;
    held = Buffer.alloc(0);
    return bytes;
  };

  socket.read = (): Buffer | null => {
    for (;;) {
      const chunk: Buffer | null = readSocket();
      if (chunk === null || !isAwaited) return chunk;
      hasBegun = true;
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const { skipped, isAnswer } = skip(bytes, held.length);
      const rest = bytes.subarray(skipped);
      skippedBytes += skipped;
      if (skippedBytes + (isAnswer ? 0 : rest.length) > MAX_INTERIM_BYTES) {
        socket.destroy(Object.assign(new Error('too many interim answers'), { code: 'INTERIM_OVERFLOW' }));
        return null;
      }
      if (isAnswer) return pass(rest);
      held = rest;
    }
  };

  return {
    expectAnswer: () => {
      [isAwaited, hasBegun, skippedBytes] = [true, false, 0];
    },
    hasBegun: () => hasBegun,
  };
}

/**
 * How many bytes of whole interim answers there are at the begin, and whether the answer itself begins behind them.
 *
 * @param searched bytes at the begin that were searched before, without the end of a head among them.
 */
function skip(bytes: Buffer, searched: number): { skipped: number; isAnswer: boolean } {
  let skipped = 0;
  while (skipped < bytes.length) {
    const start = bytes.toString('latin1', skipped, skipped + STATUS_LINE.length);
    // As if it went on as an interim answer, where it is too short to say.
    if (!INTERIM.test(start + STATUS_LINE.slice(start.length))) return { skipped, isAnswer: true };
    const end = bytes.indexOf(HEAD_END, Math.max(skipped, searched - HEAD_END.length));
    if (end === -1) break;
    if (BARE_LINE_FEED.test(bytes.toString('latin1', skipped, end))) return { skipped, isAnswer: true };
    skipped = end + HEAD_END.length;
  }
  return { skipped, isAnswer: false };
}
