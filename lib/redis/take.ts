import * as z from 'zod';
import { BATCH_LIMIT } from './batches.ts';
import type { Keys } from './keys.ts';
import { readPayloads } from './payloads.ts';
import { makeScript, type RedisConnection } from './script.ts';

/** One worker in this long sends further wake-ups; otherwise every worker would, and they multiply. */
const FAN_OUT_EVERY_MS = 1_000;
/** The key goes by itself this long after its window, by the server's clock. */
const EXPIRY_MARGIN_MS = 60_000;

export type TakenExecution = {
  id: number;
  /** Undefined: it is due already. */
  dueMs: number | undefined;
  /** Undefined: taken back since, or expired in a queue that stood still. PostgreSQL knows which. */
  payload: string | undefined;
};

type TakeRequest = {
  workerId: string;
  nowMs: number;
  /** What is due up to this instant may be taken ahead. */
  horizonMs: number;
  /** 0 to 1,000: of what is due and what is taken ahead together. */
  limit: number;
  /** How many may be in hand of these when something is taken ahead: no more than `limit`, all of it if not given. */
  aheadLimit?: number;
  /** The worker's lease ends so long after now, unless it is renewed. */
  leaseMs: number;
};

export type TakeResult = {
  taken: TakenExecution[];
  /** How many stay behind that are due now. */
  remainingDue: number;
  /** Whether some stay behind, and no other worker has sent wake-ups for them within the last second. */
  mayWakeOthers: boolean;
  /** How many the worker now has in its list, these included. */
  processing: number;
};

export function makeTake(redis: RedisConnection, keys: Keys) {
  const takeBatch = makeScript(redis, 'take', takeReply);

  /**
   * Puts the next executions into the worker's hands, what is due first, and renews its lease. That they may run is for
   * the claim in PostgreSQL to say.
   */
  return async (request: TakeRequest): Promise<TakeResult> => {
    const { workerId, nowMs, horizonMs, limit, aheadLimit = limit, leaseMs } = request;
    const { ids, dues, ...counts } = await takeBatch(
      [keys.ready, keys.scheduled, keys.retry, keys.processing(workerId), keys.workers, keys.fanOut],
      [
        workerId,
        nowMs,
        Math.max(nowMs, horizonMs),
        Math.min(limit, BATCH_LIMIT),
        Math.min(aheadLimit, limit, BATCH_LIMIT),
        nowMs + leaseMs,
        FAN_OUT_EVERY_MS,
        FAN_OUT_EVERY_MS + EXPIRY_MARGIN_MS,
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
  .tuple([z.int(), z.literal([0, 1]), z.int(), z.int()], z.int())
  .transform(([remainingDue, mayWakeOthers, processing, count, ...rest]) => ({
    remainingDue,
    mayWakeOthers: mayWakeOthers === 1,
    processing,
    ids: rest.slice(0, count),
    dues: rest.slice(count),
  }));
