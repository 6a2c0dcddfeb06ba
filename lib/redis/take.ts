import * as z from 'zod';
import { BATCH_LIMIT } from './batches.ts';
import type { Keys } from './keys.ts';
import { readPayloads } from './payloads.ts';
import { makeScript, type RedisConnection } from './script.ts';

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
  /** 1 to 1,000. */
  limit: number;
  /** The worker's lease ends so long after now, unless it is renewed. */
  leaseMs: number;
};

export type TakeResult = {
  taken: TakenExecution[];
  /** How many stay behind that are due by the horizon. */
  remainingDue: number;
};

export function makeTake(redis: RedisConnection, keys: Keys) {
  const takeBatch = makeScript(redis, 'take', takeReply);

  /**
   * Puts the next executions into the worker's hands, what is due first, and renews its lease. That they may run is for
   * the claim in PostgreSQL to say.
   */
  return async ({ workerId, nowMs, horizonMs, limit, leaseMs }: TakeRequest): Promise<TakeResult> => {
    const { ids, dues, remainingDue } = await takeBatch(
      [keys.ready, keys.scheduled, keys.retry, keys.processing(workerId), keys.workers],
      [workerId, nowMs, Math.max(nowMs, horizonMs), Math.min(limit, BATCH_LIMIT), nowMs + leaseMs],
    );
    if (ids.length === 0) return { taken: [], remainingDue };

    const payloads = await readPayloads(redis, keys, ids);
    const taken = ids.map((id, index) => ({
      id,
      dueMs: dues[index] || undefined,
      payload: payloads[index],
    }));
    return { taken, remainingDue };
  };
}

const takeReply = z.tuple([z.int(), z.int()], z.int()).transform(([remainingDue, count, ...rest]) => ({
  remainingDue,
  ids: rest.slice(0, count),
  dues: rest.slice(count),
}));
