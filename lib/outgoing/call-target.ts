import type { Dispatcher } from 'undici';
import { type Exchange, KEPT_BODY_BYTES, type TargetResponse, type Timings } from '../domain/exchange.ts';
import type { AttemptResult } from '../domain/retry.ts';
import type { AnswerHandler, Connection } from './connection.ts';
import { RefusedTargetError } from './refusal.ts';
import type { TargetAgent } from './target-agent.ts';
import { makeTextFinder } from './text-finder.ts';

/** Maximum number of bytes that are read of a response. A response is read only so that its connection can be reused. */
const MAX_RESPONSE_BYTES = 65_536;

export type TargetRequest = {
  url: string;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: string | Buffer | null;
  timeoutMs: number;
  /** True if the target may receive the request twice. Any other request uses a new connection. */
  isRepeatable: boolean;
  /** Text to look for in the part of the response body that is read. */
  wantedText?: string;
  /** Lets the caller break the request off. */
  cancellation?: Cancellation;
};

/** A way to break a request off. It is a plain object, because an AbortController and its listener would cost each request more. */
export type Cancellation = {
  isCancelled: boolean;
  /** Closes the connection. Undefined while no request is under way. */
  breakOff: (() => void) | undefined;
};

export type CallTarget = (request: TargetRequest) => Promise<AttemptResult>;

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
      const startedMs = performance.now();
      const { timeoutMs, cancellation } = request;
      let connection: Connection | undefined;
      /** 0 while no response has begun. */
      let statusCode = 0;
      let responseHeaders: TargetResponse['headers'] = {};
      const firstChunks: Uint8Array[] = [];
      let receivedBytes = 0;
      const finder =
        request.wantedText === undefined ? undefined : makeTextFinder(request.wantedText, MAX_RESPONSE_BYTES);
      let isSettled = false;

      const durationMs = (): number => Math.round(performance.now() - startedMs);
      const settle = (result: AttemptResult): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        if (cancellation !== undefined) cancellation.breakOff = undefined;
        resolve(result);
      };
      const breakOff = (result: AttemptResult): void => {
        settle(result);
        if (connection !== undefined) agent.discard(connection);
      };
      const answered = (): AttemptResult => ({
        kind: 'answered',
        statusCode,
        durationMs: durationMs(),
        ...(finder !== undefined && { isTextFound: finder.isFound() }),
        ...exchange(),
      });
      const begun = (): { statusCode?: number } => (statusCode === 0 ? {} : { statusCode });
      const failed = (error: unknown): AttemptResult =>
        error instanceof RefusedTargetError
          ? toRefused(error)
          : {
              kind: 'connectionFailed',
              durationMs: durationMs(),
              cause: nameOf(error),
              ...begun(),
              ...exchange(),
            };
      const exchange = (): Exchange => {
        const found: Exchange = {};
        if (connection !== undefined) found.timings = timingsOf(connection, startedMs);
        if (statusCode !== 0) {
          found.response = { headers: responseHeaders, body: firstChunks, bodyBytes: receivedBytes };
        }
        return found;
      };

      const timer = setTimeout(
        () => breakOff({ kind: 'timedOut', timeoutMs, durationMs: durationMs(), ...begun(), ...exchange() }),
        timeoutMs,
      );

      if (cancellation !== undefined) {
        cancellation.breakOff = () =>
          breakOff({ kind: 'brokenOff', durationMs: durationMs(), ...begun(), ...exchange() });
      }

      const handler: AnswerHandler = {
        onResponseStart: (_, status, headers) => {
          statusCode = status;
          responseHeaders = headers;
        },
        onResponseData: (_, chunk) => {
          if (receivedBytes < KEPT_BODY_BYTES) firstChunks.push(chunk);
          finder?.add(chunk);
          receivedBytes += chunk.length;
          if (receivedBytes > MAX_RESPONSE_BYTES) breakOff(answered());
        },
        onResponseEnd: () => {
          settle(answered());
          if (connection !== undefined) agent.giveBack(connection);
        },
        onResponseError: (_, error) => {
          if (isSettled) return;
          const wasClosing = connection?.isReused() === true && connection.answerBeganAtMs() === undefined;
          if (connection === undefined || !wasClosing || !request.isRepeatable) {
            return breakOff(failed(error));
          }
          agent.discard(connection);
          send({ isFresh: true });
        },
      };

      const send = ({ isFresh }: { isFresh: boolean }): void => {
        try {
          const { origin, pathname, search } = new URL(request.url);
          const { method, headers, body } = request;
          connection = agent.take(origin, { isFresh });
          const isLast = request.isRepeatable ? {} : { reset: true };
          connection.send({ path: pathname + search, method, headers, body, ...isLast }, handler);
        } catch (error) {
          breakOff(failed(error));
        }
      };
      send({ isFresh: !request.isRepeatable });
    });
}

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
