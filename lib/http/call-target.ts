import type { Dispatcher } from 'undici';
// Not through undici's index, which loads all of its parts (fetch, WebSocket, mocks, caches), 275 KB of a worker's bundle,
// and puts itself in the place of the agent behind Node's own fetch.
import Agent from 'undici/lib/dispatcher/agent.js';
import type { AttemptResult } from '../domain/retry.ts';

/** A response is read, so that its connection can serve again, but never kept; this much of it at most. */
const MAX_RESPONSE_BYTES = 65_536;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;

export type TargetRequest = {
  url: string;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: string | null;
  timeoutMs: number;
};

/** What there is of an agent without undici's index: no `request` and the like. */
export type TargetAgent = Pick<Dispatcher, 'dispatch' | 'close' | 'destroy'>;

export type CallTarget = (request: TargetRequest) => Promise<AttemptResult>;

/**
 * The agent for calls to targets: HTTP/1.1, one request a connection at a time (a pipelined request could be lost or
 * sent twice with another's connection), TLS verified, redirects not followed.
 */
export function createTargetAgent(): TargetAgent {
  return new Agent({
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The one timeout of a call is its own, below.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
}

/**
 * Sends one request and waits for its whole response, up to `timeoutMs` in all. It never throws and never sends a
 * request again. 2xx is success; a response longer than 64 KiB is cut off there and judged by its status.
 *
 * The dispatcher is used below its promise and stream layers, which cost more than the request does.
 */
export function makeCallTarget(dispatcher: Pick<Dispatcher, 'dispatch'>): CallTarget {
  return (request) =>
    new Promise((resolve) => {
      const startedMs = performance.now();
      let controller: Dispatcher.DispatchController | undefined;
      let statusCode = 0;
      let receivedBytes = 0;
      let isSettled = false;

      const settle = (reason?: string): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        const durationMs = Math.round(performance.now() - startedMs);
        resolve(
          reason === undefined
            ? { kind: 'succeeded', durationMs, statusCode }
            : { kind: 'failed', durationMs, reason },
        );
      };
      const settleByStatus = (): void =>
        settle(statusCode >= 200 && statusCode <= 299 ? undefined : `the target answered ${statusCode}`);

      const timer = setTimeout(() => {
        settle(`no complete response within ${request.timeoutMs} ms`);
        controller?.abort(new Error('timeout'));
      }, request.timeoutMs);

      try {
        const url = new URL(request.url);
        dispatcher.dispatch(
          {
            origin: url.origin,
            path: url.pathname + url.search,
            method: request.method,
            headers: request.headers,
            body: request.body,
          },
          {
            onRequestStart(started) {
              controller = started;
              // The timeout passed while the request waited for its connection: it must not leave any more.
              if (isSettled) started.abort(new Error('timeout'));
            },
            onResponseStart(_, status) {
              // 1xx come before the response itself.
              statusCode = status;
            },
            onResponseData(receiving, chunk) {
              receivedBytes += chunk.length;
              if (receivedBytes <= MAX_RESPONSE_BYTES) return;
              settleByStatus();
              receiving.abort(new Error('the rest of the response is not read'));
            },
            onResponseEnd: settleByStatus,
            onResponseError(_, error) {
              settle(describe(error, statusCode));
            },
          },
        );
      } catch (error) {
        settle(describe(error, statusCode));
      }
    });
}

/** What the history says of a failed call: the cause's code, which never carries anything of the request. */
function describe(error: unknown, statusCode: number): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return statusCode === 0 ? `the request failed: ${code}` : `the response (${statusCode}) broke off: ${code}`;
}
