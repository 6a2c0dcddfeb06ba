import type { Dispatcher } from 'undici';
import type { AttemptResult } from '../domain/retry.ts';
import type { TargetAgent } from './target-agent.ts';
import { TargetCall } from './target-call.ts';

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
  /** The request that is under way. Undefined while there is none. */
  underWay: { breakOff: () => void } | undefined;
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
      new TargetCall(agent, request, resolve).start();
    });
}
