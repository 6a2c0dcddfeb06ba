import type { Dispatcher } from 'undici';
import type { AttemptResult } from '../domain/retry.ts';
import type { AnswerHandler, Connection } from './outgoing/connection.ts';
import { RefusedTargetError } from './outgoing/refusal.ts';
import type { TargetAgent } from './outgoing/target-agent.ts';

/** A response is read, so that its connection can serve again, but never kept; this much of it at most. */
const MAX_RESPONSE_BYTES = 65_536;

export type TargetRequest = {
  url: string;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: string | Buffer | null;
  timeoutMs: number;
  /** Whether its target may see it twice. One that must not goes over a connection of its own. */
  isRepeatable: boolean;
};

export type CallTarget = (request: TargetRequest) => Promise<AttemptResult>;

/**
 * Sends one request and waits for its whole response, up to `timeoutMs` in all. It never throws. 2xx is success; a response
 * longer than 64 KiB is cut off there and judged by its status.
 *
 * A target may close an idle connection at the moment when a request goes over it, and then never sees the request. So a
 * request that must not be repeated goes over a new connection. Any other is sent once more, over a new connection, when one
 * that was reused ends before a byte of the answer has come.
 */
export function makeCallTarget(agent: Pick<TargetAgent, 'take' | 'giveBack' | 'discard'>): CallTarget {
  return (request) =>
    new Promise((resolve) => {
      const startedMs = performance.now();
      let connection: Connection | undefined;
      let statusCode = 0;
      let receivedBytes = 0;
      let isSettled = false;

      const settle = (outcome: Outcome): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        resolve({ ...outcome, durationMs: Math.round(performance.now() - startedMs) });
      };
      const breakOff = (outcome: Outcome): void => {
        settle(outcome);
        if (connection !== undefined) agent.discard(connection);
      };

      const timer = setTimeout(
        () => breakOff({ kind: 'failed', reason: `no complete response within ${request.timeoutMs} ms` }),
        request.timeoutMs,
      );

      const handler: AnswerHandler = {
        onResponseStart: (_, status) => {
          statusCode = status;
        },
        onResponseData: (_, chunk) => {
          receivedBytes += chunk.length;
          if (receivedBytes > MAX_RESPONSE_BYTES) breakOff(judge(statusCode));
        },
        onResponseEnd: () => {
          settle(judge(statusCode));
          if (connection !== undefined) agent.giveBack(connection);
        },
        onResponseError: (_, error) => {
          if (isSettled) return;
          const wasClosing = connection?.isReused() === true && !connection.hasAnswerBegun();
          if (connection === undefined || !wasClosing || !request.isRepeatable) {
            return breakOff(describe(error, statusCode));
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
          breakOff(describe(error, statusCode));
        }
      };
      send({ isFresh: !request.isRepeatable });
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
