import type { TakenExecution } from '../../redis/take.ts';
import { parsePayload, type ExecutionPayload } from '../execution-payload.ts';

/** Taken from the queue, and not claimed yet. */
export type HeldExecution = {
  id: number;
  dueMs: number;
  /** Undefined: PostgreSQL has it. */
  payload: ExecutionPayload | undefined;
  /** Scheme, name and port of where it goes; undefined with the payload. Two spellings of one host are two. */
  host: string | undefined;
  /** It was parked, and comes in its host's order. */
  isDrawn: boolean;
  /** Since when it is due and its host has no room. */
  blockedSinceMs: number | undefined;
};

const HOST = /^https?:\/\/[^/?#]*/i;

/** @param options.nowMs for what is due already: the queue forgets when a thing was due once it is. */
export function toHeld(
  taken: Pick<TakenExecution, 'id' | 'payload'> & { dueMs?: number | undefined },
  { nowMs, isDrawn }: { nowMs: number; isDrawn: boolean },
): HeldExecution {
  const payload = taken.payload === undefined ? undefined : parsePayload(taken.payload);
  const host = payload && HOST.exec(payload.url)?.[0].toLowerCase();
  const dueMs = taken.dueMs ?? nowMs;
  return { id: taken.id, dueMs, payload, host, isDrawn, blockedSinceMs: undefined };
}
