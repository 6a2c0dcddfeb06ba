import { findDispatchedAfter } from '../db/execution-history.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { UnavailableError } from '../domain/errors.ts';
import { explainExecution } from '../domain/explain.ts';
import type { OpenState } from '../domain/explain-waiting.ts';
import type { Fact } from '../domain/fact.ts';
import { originOf } from '../domain/origin.ts';
import type { Queue } from '../redis/queue.ts';
import { timings } from '../topology.ts';
import { parsePayload } from './execution-payload.ts';
import { getExecution } from './read-execution.ts';

/** Explains an execution. @throws ExecutionNotFoundError */
export type ExplainExecution = (id: number) => Promise<Fact[]>;

/**
 * Makes the use case. It asks the queue about an execution that has not ended: what workers have counted since its last outcome,
 * and until when it is put off. Without the queue, the facts of PostgreSQL remain.
 */
export function makeExplainExecution(deps: {
  pool: Pool;
  queue: Pick<Queue, 'findWaiting' | 'listHeldBack'>;
  clock: Clock;
}): ExplainExecution {
  const { pool, queue, clock } = deps;
  return async (id) => {
    const { execution, attempts } = await getExecution(pool, id);
    const nowMs = clock.nowMs();
    const hasEnded = !['SCHEDULED', 'RETRYING', 'RUNNING'].includes(execution.status);
    const inQueue = hasEnded ? undefined : await readQueue(queue, id, nowMs);
    const misfire =
      execution.status === 'SKIPPED'
        ? { afterMs: timings.misfireAfterMs, instead: await findDispatchedAfter(pool, execution) }
        : undefined;
    return explainExecution(execution, attempts, { now: new Date(nowMs), queue: inQueue, misfire });
  };
}

async function readQueue(
  queue: Pick<Queue, 'findWaiting' | 'listHeldBack'>,
  id: number,
  nowMs: number,
): Promise<OpenState['queue']> {
  try {
    const [{ payload: text, dueMs }, origins] = await Promise.all([
      queue.findWaiting(id),
      queue.listHeldBack(nowMs),
    ]);
    const payload = text === undefined ? undefined : parsePayload(text);
    const own = payload && originOf(payload.url);
    const pause = origins.find(({ origin }) => origin === own);
    return {
      isKnown: text !== undefined,
      delays: payload?.delays,
      dueAt: dueMs === undefined ? null : new Date(dueMs),
      pause: pause && { origin: pause.origin, until: new Date(pause.untilMs) },
    };
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}
