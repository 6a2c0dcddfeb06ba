import type { Socket } from 'node:net';

/** Maximum number of bytes of interim answers before the final answer. */
const MAX_INTERIM_BYTES = 65_536;

const STATUS_LINE = 'HTTP/1.1 100 ';
/** Excludes 101, which is not an interim answer: the connection changes its protocol after it. */
const INTERIM = /^HTTP\/1\.[01] 1(?:0[02-9]|[1-9]\d)[ \r]/;
/** Place and value of the first digit of the status of an interim answer. */
const STATUS_AT = 'HTTP/1.1 '.length;
const DIGIT_1 = 0x31;
const HEAD_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);
const BARE_LINE_FEED = /(?<!\r)\n/;

export type AnswerWatch = {
  /** Must be called just before a request is written. The next bytes from the socket begin its answer. */
  expectAnswer: () => void;
  /**
   * Returns when the first byte of the answer to the last request arrived, by `performance.now()`. Undefined before. Interim
   * answers count.
   */
  beganAtMs: () => number | undefined;
};

/**
 * Makes a socket's `read` skip interim answers (1xx). A client must accept them even if it did not ask for them (RFC 9110,
 * 15.2), but undici ends a connection that receives a `100 Continue`, and has no option for it.
 *
 * Everything else reaches the parser unchanged. The parser refuses bytes that no request waits for, heads with a bare line
 * feed, and 101.
 */
export function skipInterimAnswers(socket: Socket): AnswerWatch {
  const readSocket = socket.read.bind(socket);
  let isAwaited = false;
  let beganAtMs: number | undefined;
  let skippedBytes = 0;
  /** The beginning of a possible interim answer. */
  let held: Buffer = NOTHING;

  const pass = (bytes: Buffer): Buffer => {
    isAwaited = false;
    held = NOTHING;
    return bytes;
  };

  socket.read = (): Buffer | null => {
    for (;;) {
      const chunk: Buffer | null = readSocket();
      if (chunk === null || !isAwaited) return chunk;
      beganAtMs ??= performance.now();
      // Nearly every answer is final, and no interim answer. To make a text of its start would take longer than all the rest here.
      if (held.length === 0 && chunk.length > STATUS_AT && chunk[STATUS_AT] !== DIGIT_1) return pass(chunk);
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
      isAwaited = true;
      beganAtMs = undefined;
      skippedBytes = 0;
    },
    beganAtMs: () => beganAtMs,
  };
}

/**
 * Returns the number of bytes of complete interim answers at the beginning, and whether the final answer begins after them.
 *
 * @param searched number of bytes at the beginning that were already searched and contain no end of a head.
 */
function skip(bytes: Buffer, searched: number): { skipped: number; isAnswer: boolean } {
  let skipped = 0;
  while (skipped < bytes.length) {
    const start = bytes.toString('latin1', skipped, skipped + STATUS_LINE.length);
    // Completes a start that is too short to judge, as if it continued like an interim answer.
    if (!INTERIM.test(start + STATUS_LINE.slice(start.length))) return { skipped, isAnswer: true };
    const end = bytes.indexOf(HEAD_END, Math.max(skipped, searched - HEAD_END.length));
    if (end === -1) break;
    if (BARE_LINE_FEED.test(bytes.toString('latin1', skipped, end))) return { skipped, isAnswer: true };
    skipped = end + HEAD_END.length;
  }
  return { skipped, isAnswer: false };
}
