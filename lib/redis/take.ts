import * as z from 'zod';
import { BATCH_LIMIT } from './batches.ts';
import type { HeldBackOrigin } from './hold-back.ts';
import type { Keys } from './keys.ts';
import { numberList } from './long-lists.ts';
import { readPayloads } from './payloads.ts';
import { makeScript, type RedisConnection } from './script.ts';

/** In each period of this length, one worker sends further wake-ups. If every worker sent them, the wake-ups would multiply. */
const FAN_OUT_EVERY_MS = 1_000;
/** How long the key outlives its window, by the server's clock. */
const EXPIRY_MARGIN_MS = 60_000;

export type TakenExecution = {
  id: number;
  /** Undefined if the execution is already due. */
  dueMs: number | undefined;
  /** Undefined if the execution was withdrawn, or if the payload expired while the queue stood still. PostgreSQL knows which. */
  payload: string | undefined;
};

type TakeRequest = {
  workerId: string;
  nowMs: number;
  /** Executions that become due up to this instant may be taken ahead. */
  horizonMs: number;
  /** Maximum number of due executions: 0 to 1,000. */
  limit: number;
  /** Executions are taken ahead only while fewer than this many, and fewer than `limit`, have been taken. `limit` if not given. */
  aheadLimit?: number;
  /** The worker's lease ends this long after now, unless it is renewed. */
  leaseMs: number;
  /** The version of the held-back origins that the worker knows; empty if none. */
  heldBackVersion?: string;
};

export type TakeResult = {
  taken: TakenExecution[];
  /** Number of due executions that remain in the queue. */
  remainingDue: number;
  /** True if due executions remain and no other worker has sent wake-ups for them within the last second. */
  mayWakeOthers: boolean;
  /** Number of executions that the worker now holds, including the ones just taken. */
  processing: number;
  /** The origins that are held back, if they have changed since the version that the worker knows. */
  heldBack: { version: string; origins: HeldBackOrigin[] };
};

export function makeTake(redis: RedisConnection, keys: Keys) {
  const takeBatch = makeScript(redis, 'take', takeReply);

  /**
   * Gives the next executions to the worker, due executions first, and renews its lease. The worker may run an execution only
   * after it has claimed it in PostgreSQL.
   */
  return async (request: TakeRequest): Promise<TakeResult> => {
    const { workerId, nowMs, horizonMs, limit, aheadLimit = limit, leaseMs, heldBackVersion = '' } = request;
    const { ids, dues, ...counts } = await takeBatch(
      [
        keys.ready,
        keys.scheduled,
        keys.retry,
        keys.processing(workerId),
        keys.workers,
        keys.fanOut,
        keys.heldBack,
        keys.heldBackVersion,
      ],
      [
        workerId,
        nowMs,
        Math.max(nowMs, horizonMs),
        Math.min(limit, BATCH_LIMIT),
        Math.min(aheadLimit, BATCH_LIMIT),
        nowMs + leaseMs,
        FAN_OUT_EVERY_MS,
        FAN_OUT_EVERY_MS + EXPIRY_MARGIN_MS,
        heldBackVersion,
      ],
    );
    if (ids.length === 0) return { taken: [], ...counts };

    const payloads = await readPayloads(redis, keys, ids);
    const taken = ids.map((id, index) => ({
      id,
      dueMs: dues[index] || undefined,
      payload: payloads[index],
    }));
    return { taken, ...counts };
  };
}

const takeReply = z
  .tuple([z.int(), z.literal([0, 1]), z.int(), numberList, numberList, z.string(), z.array(z.string())])
  .transform(([remainingDue, mayWakeOthers, processing, ids, dues, version, heldBack]) => ({
    remainingDue,
    mayWakeOthers: mayWakeOthers === 1,
    processing,
    ids,
    dues,
    heldBack: { version, origins: toOrigins(heldBack) },
  }));

const toOrigins = (flat: readonly string[]): HeldBackOrigin[] =>
  flat.flatMap((origin, index) => (index % 2 === 0 ? [{ origin, untilMs: Number(flat[index + 1]) }] : []));
