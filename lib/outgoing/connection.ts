import { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
// Not through undici's index, which loads all of its parts (fetch, WebSocket, mocks, caches), 275 KB of a worker's bundle,
// and puts itself in the place of the agent behind Node's own fetch.
import Client from 'undici/lib/dispatcher/client.js';
import type { Connect } from './guard-connector.ts';
import { type AnswerWatch, skipInterimAnswers } from './interim-answers.ts';

/** Names and values of an answer's header fields together. */
const MAX_HEADER_BYTES = 65_536;
/** How long a connection waits for its next request where the target does not say how long it waits. */
const IDLE_MS = 4_000;
/** Where the target says so: 2 s less than it says, and this at most. */
const MAX_IDLE_MS = 30_000;
const KEEP_ALIVE_MARGIN_MS = 2_000;

export type AnswerHandler = Required<
  Pick<Dispatcher.DispatchHandler, 'onResponseStart' | 'onResponseData' | 'onResponseEnd' | 'onResponseError'>
>;

/** One connection to an origin, over which one request goes at a time. */
export type Connection = {
  readonly origin: string;
  /** Whether the next request can go over it. */
  isOpen: () => boolean;
  /** Whether the last request went over a socket that had served before: its target may have been closing it just then. */
  isReused: () => boolean;
  /** Whether a byte of the last request's answer has come. */
  hasAnswerBegun: () => boolean;
  send: (request: Dispatcher.DispatchOptions, handler: AnswerHandler) => void;
  /** At once, whatever is under way, so that its descriptor is free when this returns. */
  close: () => void;
};

/**
 * HTTP/1.1 without pipelining: a pipelined request could be lost or sent twice with another's connection.
 *
 * @param onClosed called when its socket has closed or could not be opened.
 * @throws Error for an origin that is not http or https.
 */
export function openConnection(
  origin: string,
  { connect, onClosed }: { connect: Connect; onClosed: () => void },
): Connection {
  let socket: Socket | undefined;
  let watch: AnswerWatch | undefined;
  /** Requests that went over the socket. */
  let served = 0;

  const client = new Client(origin, {
    pipelining: 1,
    allowH2: false,
    // undici refuses as many as it is told.
    maxHeaderSize: MAX_HEADER_BYTES + 1,
    // The one timeout of a call is its own, which closes the connection.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: MAX_IDLE_MS,
    keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
    // Called again where a socket closed between two requests.
    connect: (options, callback) => {
      served = 0;
      const started = connect(options, (...result) => {
        const [error, opened] = result;
        if (error === null) watch = skipInterimAnswers(opened);
        callback(...result);
      });
      socket = started instanceof Socket ? started : undefined;
    },
  });
  client.on('disconnect', onClosed).on('connectionError', onClosed);

  return {
    origin,
    isOpen: () => socket !== undefined && !socket.destroyed && !client.destroyed,
    isReused: () => served > 1,
    hasAnswerBegun: () => watch?.hasBegun() === true,
    send: (request, handler) => {
      client.dispatch(request, {
        ...handler,
        // Just before it is written.
        onRequestStart: () => {
          served += 1;
          watch?.expectAnswer();
        },
      });
    },
    close: () => {
      // The client knows of no socket that is still connecting.
      socket?.destroy();
      void client.destroy();
    },
  };
}
