import type { TakenExecution } from '../../redis/take.ts';
import { parsePayload, type ExecutionPayload } from '../execution-payload.ts';

/** An execution that was taken from the queue, and is not claimed yet. */
export type HeldExecution = {
  id: number;
  dueMs: number;
  /** Undefined: it must be read from PostgreSQL. */
  payload: ExecutionPayload | undefined;
  /** Scheme, host name and port of the URL. Undefined without a payload. Two spellings of a host count as two hosts. */
  host: string | undefined;
  /** Since when the execution has been due while its host has no room. */
  blockedSinceMs: number | undefined;
  /** Until when the execution is snoozed, because its origin has asked for a pause. */
  heldBackUntilMs?: number;
  /** Token of a claim that PostgreSQL did not answer, and may have granted. */
  claimToken: string | undefined;
};

/** A topic of SNS counts as a host of its own. */
const HOST = /^(?:https?:\/\/[^/?#]*|arn:.*)/i;

/** @param nowMs replaces the due instant of an execution that is already due: the queue no longer knows it. */
export function toHeld(taken: TakenExecution, nowMs: number): HeldExecution {
  const payload = taken.payload === undefined ? undefined : parsePayload(taken.payload);
  const host = payload && HOST.exec(payload.url)?.[0].toLowerCase();
  return {
    id: taken.id,
    dueMs: taken.dueMs ?? nowMs,
    payload,
    host,
    blockedSinceMs: undefined,
    claimToken: undefined,
  };
}
