import type { TakenExecution } from '../../redis/take.ts';
import { parsePayload, type ExecutionPayload } from '../execution-payload.ts';

/** An execution that was taken from the queue and is not claimed yet. */
export type HeldExecution = {
  id: number;
  dueMs: number;
  /** Undefined: PostgreSQL has it. */
  payload: ExecutionPayload | undefined;
  /** Scheme, name and port of where it goes; undefined with the payload. Two spellings of one host are two. */
  host: string | undefined;
  /** Since when it is due and its host has no room. */
  blockedSinceMs: number | undefined;
  /** Of a claim that PostgreSQL did not answer, and may have granted. */
  claimToken: string | undefined;
};

const HOST = /^https?:\/\/[^/?#]*/i;

/** @param nowMs stands for the due instant of what is due already: the queue forgets when that was. */
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
