import { type Exchange, KEPT_BODY_BYTES, type TargetResponse, type Timings } from '../domain/exchange.ts';
import type { AttemptResult } from '../domain/retry.ts';
import type { CallTarget, TargetRequest } from './call-target.ts';
import type { AnswerHandler, Connection } from './connection.ts';
import { RefusedTargetError } from './refusal.ts';
import { splitUrl } from './split-url.ts';
import type { TargetAgent } from './target-agent.ts';
import { makeTextFinder, type TextFinder } from './text-finder.ts';

/** Maximum number of bytes that are read of a response. A response is read only so that its connection can be reused. */
const MAX_RESPONSE_BYTES = 65_536;

/**
 * Makes the function that sends one request and waits for its whole response, for at most `timeoutMs` in total. It never
 * rejects. A response longer than 64 KiB is cut off and counts as answered.
 *
 * A target may close an idle connection just when a request is sent over it, and then never receives the request. Therefore a
 * request that must not be repeated uses a new connection. Any other request is sent once more, over a new connection, if a
 * reused connection ends before the first byte of the answer.
 */
export function makeCallTarget(agent: Pick<TargetAgent, 'take' | 'giveBack' | 'discard'>): CallTarget {
  return (request) =>
    new Promise((resolve) => {
      new TargetCall(agent, request, resolve).start();
    });
}

/**
 * One request to a target, from its start to its result.
 *
 * It is a class, because every request pays for it: one object instead of 15 closures.
 */
class TargetCall implements AnswerHandler {
  readonly #agent: Pick<TargetAgent, 'take' | 'giveBack' | 'discard'>;
  readonly #request: TargetRequest;
  readonly #resolve: (result: AttemptResult) => void;
  readonly #finder: TextFinder | undefined;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #connection: Connection | undefined;
  /** 0 while no response has begun. */
  #statusCode = 0;
  #responseHeaders: TargetResponse['headers'] = {};
  readonly #firstChunks: Uint8Array[] = [];
  #receivedBytes = 0;
  #isSettled = false;

  constructor(
    agent: Pick<TargetAgent, 'take' | 'giveBack' | 'discard'>,
    request: TargetRequest,
    resolve: (result: AttemptResult) => void,
  ) {
    this.#agent = agent;
    this.#request = request;
    this.#resolve = resolve;
    const { wantedText } = request;
    this.#finder = wantedText === undefined ? undefined : makeTextFinder(wantedText, MAX_RESPONSE_BYTES);
  }

  start(): void {
    const { timeoutMs, cancellation, isRepeatable } = this.#request;
    this.#startedMs = performance.now();
    this.#timer = setTimeout(timeOut, timeoutMs, this);
    if (cancellation !== undefined) cancellation.underWay = this;
    this.#send({ isFresh: !isRepeatable });
  }

  timeOut(): void {
    const { timeoutMs } = this.#request;
    this.#end({
      kind: 'timedOut',
      timeoutMs,
      durationMs: this.#durationMs(),
      ...this.#begun(),
      ...this.#exchange(),
    });
  }

  /** Closes the connection. The target may have received the request. */
  breakOff(): void {
    this.#end({
      kind: 'brokenOff',
      durationMs: this.#durationMs(),
      ...this.#begun(),
      ...this.#exchange(),
    });
  }

  onResponseStart(statusCode: number, headers: TargetResponse['headers']): void {
    this.#statusCode = statusCode;
    this.#responseHeaders = headers;
  }

  onResponseData(chunk: Uint8Array): void {
    if (this.#isSettled) return;
    if (this.#receivedBytes < KEPT_BODY_BYTES) this.#firstChunks.push(Buffer.from(chunk));
    this.#finder?.add(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes > MAX_RESPONSE_BYTES) this.#end(this.#answered());
  }

  onResponseEnd(): void {
    this.#settle(this.#answered());
    if (this.#connection !== undefined) this.#agent.giveBack(this.#connection);
  }

  onResponseError(error: Error): void {
    if (this.#isSettled) return;
    const connection = this.#connection;
    const wasClosing = connection?.isReused() === true && connection.answerBeganAtMs() === undefined;
    if (connection === undefined || !wasClosing || !this.#request.isRepeatable) {
      return this.#end(this.#failed(error));
    }
    this.#agent.discard(connection);
    this.#send({ isFresh: true });
  }

  #send({ isFresh }: { isFresh: boolean }): void {
    try {
      const { url, method, headers, headerLines, body, isRepeatable } = this.#request;
      const { origin, path } = splitUrl(url);
      this.#connection = this.#agent.take(origin, { isFresh });
      this.#connection.send({ method, path, headers, headerLines, body, isLast: !isRepeatable }, this);
    } catch (error) {
      this.#end(this.#failed(error));
    }
  }

  #settle(result: AttemptResult): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    const { cancellation } = this.#request;
    if (cancellation !== undefined) cancellation.underWay = undefined;
    this.#resolve(result);
  }

  /** Settles, and closes the connection. */
  #end(result: AttemptResult): void {
    this.#settle(result);
    if (this.#connection !== undefined) this.#agent.discard(this.#connection);
  }

  #durationMs(): number {
    return Math.round(performance.now() - this.#startedMs);
  }

  #answered(): AttemptResult {
    return {
      kind: 'answered',
      statusCode: this.#statusCode,
      durationMs: this.#durationMs(),
      ...(this.#finder !== undefined && { isTextFound: this.#finder.isFound() }),
      ...this.#exchange(),
    };
  }

  #failed(error: unknown): AttemptResult {
    if (error instanceof RefusedTargetError) return toRefused(error);
    return {
      kind: 'connectionFailed',
      durationMs: this.#durationMs(),
      cause: nameOf(error),
      ...this.#begun(),
      ...this.#exchange(),
    };
  }

  #begun(): { statusCode?: number } {
    return this.#statusCode === 0 ? {} : { statusCode: this.#statusCode };
  }

  #exchange(): Exchange {
    const found: Exchange = {};
    if (this.#connection !== undefined) found.timings = timingsOf(this.#connection, this.#startedMs);
    if (this.#statusCode !== 0) {
      found.response = {
        headers: this.#responseHeaders,
        body: this.#firstChunks,
        bodyBytes: this.#receivedBytes,
      };
    }
    return found;
  }
}

const timeOut = (call: TargetCall): void => call.timeOut();

function timingsOf(connection: Connection, startedMs: number): Timings {
  const timings: Timings = connection.isReused()
    ? { isReused: true }
    : { isReused: false, ...connection.times() };
  const beganAtMs = connection.answerBeganAtMs();
  if (beganAtMs !== undefined) timings.firstByteMs = Math.round(beganAtMs - startedMs);
  return timings;
}

function toRefused({ isFinal, message }: RefusedTargetError): AttemptResult {
  return { kind: isFinal ? 'refused' : 'notSent', code: 'TARGET_REFUSED', reason: `refused: ${message}` };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
