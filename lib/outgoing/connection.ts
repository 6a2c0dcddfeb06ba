import { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
// Imported directly, because undici's index loads all of its parts (fetch, WebSocket, mocks, caches), 275 KB of a worker's
// bundle, and replaces the agent behind Node's own fetch.
import Client from 'undici/lib/dispatcher/client.js';
import { type ConnectionTimes, timeConnection } from './connection-times.ts';
import type { Connect } from './guard-connector.ts';
import { type AnswerWatch, skipInterimAnswers } from './interim-answers.ts';

/** Maximum size of the header fields of an answer, names and values together. */
const MAX_HEADER_BYTES = 65_536;
/** How long an idle connection is kept if the target does not announce a keep-alive timeout. */
const IDLE_MS = 4_000;
/** If the target announces a timeout, an idle connection is kept for 2 s less than that, and at most this long. */
const MAX_IDLE_MS = 30_000;
const KEEP_ALIVE_MARGIN_MS = 2_000;

/** Handles a request and its answer. `onRequestStart` must call `requestStarts` of the connection. */
export type AnswerHandler = Required<
  Pick<
    Dispatcher.DispatchHandler,
    'onRequestStart' | 'onResponseStart' | 'onResponseData' | 'onResponseEnd' | 'onResponseError'
  >
>;

/** A connection to an origin that carries one request at a time. */
export type Connection = {
  readonly origin: string;
  /** Returns true if the connection can carry another request. */
  isOpen: () => boolean;
  /** Returns true if the last request used a socket that had served before. The target may have been closing it then. */
  isReused: () => boolean;
  /** Returns when the first byte of the answer to the last request arrived, by `performance.now()`. Undefined before. */
  answerBeganAtMs: () => number | undefined;
  /** Returns how long it took to open the socket. Empty if it was not opened. */
  times: () => ConnectionTimes;
  /** The handler is called as it is. An object around it would cost each request more. */
  send: (request: Dispatcher.DispatchOptions, handler: AnswerHandler) => void;
  /** A request is about to be written. */
  requestStarts: () => void;
  /** Closes the connection at once, even during a request, so that its descriptor is free when this returns. */
  close: () => void;
};

/**
 * Opens a connection with HTTP/1.1. It does not pipeline, because a pipelined request could be lost or sent twice when another
 * request ends the connection.
 *
 * @param options.onClosed called when the socket has closed or could not be opened.
 * @throws Error if the origin is not http or https.
 */
export function openConnection(
  origin: string,
  { connect, onClosed }: { connect: Connect; onClosed: () => void },
): Connection {
  let socket: Socket | undefined;
  let watch: AnswerWatch | undefined;
  let times: ConnectionTimes = {};
  /** Number of requests that were sent over the socket. */
  let served = 0;

  const client = new Client(origin, {
    pipelining: 1,
    allowH2: false,
    // undici refuses headers of exactly this size, so it is one byte more than the maximum.
    maxHeaderSize: MAX_HEADER_BYTES + 1,
    // A call has one timeout, in target-call.ts, which closes the connection.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: MAX_IDLE_MS,
    keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
    // undici calls it again if the socket closed between two requests.
    connect: (options, callback) => {
      served = 0;
      const started = connect(options, (...result) => {
        const [error, opened] = result;
        if (error === null) watch = skipInterimAnswers(opened);
        callback(...result);
      });
      socket = started instanceof Socket ? started : undefined;
      times = socket === undefined ? {} : timeConnection(socket);
    },
  });
  client.on('disconnect', onClosed).on('connectionError', onClosed);

  return {
    origin,
    isOpen: () => socket !== undefined && !socket.destroyed && !client.destroyed,
    isReused: () => served > 1,
    answerBeganAtMs: () => watch?.beganAtMs(),
    times: () => times,
    send: (request, handler) => void client.dispatch(request, handler),
    requestStarts: () => {
      served += 1;
      watch?.expectAnswer();
    },
    close: () => {
      // Destroys the socket too, because the client does not know a socket that is still connecting.
      socket?.destroy();
      void client.destroy();
    },
  };
}
