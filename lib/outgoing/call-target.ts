import type { HttpMethod } from '../domain/job.ts';
import type { AttemptResult } from '../domain/retry.ts';

export type TargetRequest = {
  url: string;
  method: HttpMethod;
  headers: Readonly<Record<string, string>>;
  /** Further headers, as lines of HTTP that end with CRLF. They are trusted: no one checks them. */
  headerLines?: string | undefined;
  body: string | Buffer | null;
  timeoutMs: number;
  /** True if the target may receive the request twice. Any other request uses a new connection. */
  isRepeatable: boolean;
  /** Text to look for in the part of the response body that is read. */
  wantedText?: string | undefined;
  /** Lets the caller break the request off. */
  cancellation?: Cancellation | undefined;
};

/** A way to break a request off. It is a plain object, because an AbortController and its listener would cost each request more. */
export type Cancellation = {
  isCancelled: boolean;
  /** The request that is under way. Undefined while there is none. */
  underWay: { breakOff: () => void } | undefined;
};

/** Sends one request. It never rejects. */
export type CallTarget = (request: TargetRequest) => Promise<AttemptResult>;
