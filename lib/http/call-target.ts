import type { Dispatcher } from 'undici';
// Not through undici's index, which loads all of its parts (fetch, WebSocket, mocks, caches), 275 KB of a worker's bundle,
// and puts itself in the place of the agent behind Node's own fetch.
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { OutgoingPolicy } from '../domain/outgoing/policy.ts';
import type { AttemptResult } from '../domain/retry.ts';
import { guardConnector, guardLookup } from './outgoing/guard-connector.ts';
import { RefusedTargetError } from './outgoing/refusal.ts';
import type { ResolveName } from './outgoing/resolve-name.ts';

/** A response is read, so that its connection can serve again, but never kept; this much of it at most. */
const MAX_RESPONSE_BYTES = 65_536;
/** From the look-up of its name to the end of the TLS handshake. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Before the next address of a name is tried. In Node's own 250 ms far targets, and a packet lost, come too late. */
const ADDRESS_TIMEOUT_MS = 2_000;
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
 * sent twice with another's connection), redirects not followed, no proxy, TLS verified whatever the environment says. It
 * connects to nothing that the policy refuses.
 */
export function createTargetAgent(guard: { policy: OutgoingPolicy; resolveName: ResolveName }): TargetAgent {
  const connect = buildConnector({
    allowH2: false,
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    rejectUnauthorized: true,
    lookup: guardLookup(guard.policy, guard.resolveName),
  });
  return new Agent({
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The one timeout of a call is its own, below.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: guardConnector(guard.policy, connect),
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

      const settle = (outcome: Outcome): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        resolve({ ...outcome, durationMs: Math.round(performance.now() - startedMs) });
      };
      const settleByStatus = (): void => settle(judge(statusCode));

      const timer = setTimeout(() => {
        settle({ kind: 'failed', reason: `no complete response within ${request.timeoutMs} ms` });
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
            onResponseError: (_, error) => settle(describe(error, statusCode)),
          },
        );
      } catch (error) {
        settle(describe(error, statusCode));
      }
    });
}

type Outcome = { kind: 'succeeded'; statusCode: number } | { kind: 'failed' | 'refused'; reason: string };

function judge(statusCode: number): Outcome {
  if (statusCode >= 200 && statusCode <= 299) return { kind: 'succeeded', statusCode };
  return { kind: 'failed', reason: `the target answered ${statusCode}` };
}

/** The history has our own words, or the cause's code or name, which carry nothing of the request. */
function describe(error: unknown, statusCode: number): Outcome {
  if (error instanceof RefusedTargetError) {
    return { kind: error.isFinal ? 'refused' : 'failed', reason: `refused: ${error.message}` };
  }
  const cause = nameOf(error);
  const reason =
    statusCode === 0 ? `the request failed: ${cause}` : `the response (${statusCode}) broke off: ${cause}`;
  return { kind: 'failed', reason };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
