import type { KeptResponse } from './kept-response.ts';
import type { ReasonCode } from './reason.ts';

export const keepResponseModes = ['failures', 'always', 'never'] as const;
export type KeepResponse = (typeof keepResponseModes)[number];

export const attemptStatuses = ['RUNNING', 'SUCCESS', 'FAILED', 'UNKNOWN'] as const;
/** UNKNOWN: the worker vanished, so it is unknown whether the target got the request. */
export type AttemptStatus = (typeof attemptStatuses)[number];

/** One HTTP request of an execution. All durations are in milliseconds, and null if they were not measured. */
export type Attempt = {
  /** 1 is the first attempt. */
  number: number;
  status: AttemptStatus;
  /** When the request left; null if it did not leave. For RUNNING and UNKNOWN: when the worker claimed the execution. */
  startedAt: Date | null;
  finishedAt: Date | null;
  durationMs: number | null;
  /** How long after its due instant the request left. */
  latenessMs: number | null;
  reason: ReasonCode | null;
  /** The code or name of the error of a connection, such as ECONNREFUSED. */
  errorCode: string | null;
  errorMessage: string | null;
  statusCode: number | null;
  /** Null if there was no connection, or if it is unknown. */
  isConnectionReused: boolean | null;
  /** From the start of the attempt. */
  firstByteMs: number | null;
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  /** When the next attempt was planned. Null if none was. */
  retryAt: Date | null;
  /** Null if there was no response, or if it is not kept. */
  response: KeptResponse | null;
};
