import type { Clock } from '../domain/clock.ts';
import { ping } from '../db/ping.ts';
import type { Pool } from '../db/pool.ts';
import type { Queue } from '../redis/queue.ts';
import type { AskQueue } from '../sqs/ask-queue.ts';

type PartHealth = 'ok' | 'unreachable';

export type PartsHealth = {
  status: 'ok' | 'degraded';
  checks: { postgres: PartHealth; redis: PartHealth; sqs: PartHealth };
};

/** A part that takes longer is too slow for a request as well. The value leaves the API time to respond. */
const ANSWERS_WITHIN_MS = 3_000;

/**
 * Checks whether PostgreSQL, Redis and SQS respond. A part that does not is reported as unreachable, and is not an
 * error.
 */
export function makeCheckHealth(deps: {
  pool: Pool;
  queue: Queue;
  askQueue: AskQueue;
  clock: Clock;
}): () => Promise<PartsHealth> {
  const { pool, queue, askQueue, clock } = deps;

  const ask = async (question: (signal: AbortSignal) => Promise<unknown>): Promise<PartHealth> => {
    const ending = new AbortController();
    const late = clock
      .sleepUntil(clock.nowMs() + ANSWERS_WITHIN_MS, ending.signal)
      .then((): PartHealth => 'unreachable');
    const answer = question(ending.signal).then(
      (): PartHealth => 'ok',
      (): PartHealth => 'unreachable',
    );
    try {
      return await Promise.race([answer, late]);
    } finally {
      ending.abort();
    }
  };

  return async () => {
    const [postgres, redis, sqs] = await Promise.all([
      ask(() => ping(pool)),
      ask(() => queue.ping()),
      ask(askQueue),
    ]);
    const isWell = [postgres, redis, sqs].every((health) => health === 'ok');
    return { status: isWell ? 'ok' : 'degraded', checks: { postgres, redis, sqs } };
  };
}
