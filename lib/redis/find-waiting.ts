import * as z from 'zod';
import type { Keys } from './keys.ts';
import { runPipeline } from './pipeline.ts';
import type { RedisConnection } from './script.ts';

/** What the queue knows of one execution. */
export type WaitingEntry = {
  /** Undefined if the queue does not know the execution. */
  payload: string | undefined;
  /** When it becomes due in the queue, which is later than in PostgreSQL if a worker put it off. Undefined if it is due. */
  dueMs: number | undefined;
};

export function makeFindWaiting(redis: RedisConnection, keys: Keys) {
  /** Reads the entry of one execution with plain commands, and changes nothing. */
  return async (id: number): Promise<WaitingEntry> => {
    const [payload, scheduled, retry] = reply.parse(
      await runPipeline(
        redis
          .pipeline()
          .get(keys.payload(id))
          .zscore(keys.scheduled, String(id))
          .zscore(keys.retry, String(id)),
      ),
    );
    return { payload: payload ?? undefined, dueMs: scheduled ?? retry ?? undefined };
  };
}

const score = z.coerce.number().nullable();
const reply = z.tuple([z.string().nullable(), score, score]);
