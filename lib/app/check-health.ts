import type { Pool } from '../db/pool.ts';
import type { Queue } from '../redis/queue.ts';

type PartHealth = 'ok' | 'unreachable';
export type Health = { status: 'ok' | 'degraded'; checks: { postgres: PartHealth; redis: PartHealth } };

/** Asks each part whether it answers; an answer that does not come is the finding, not an error. */
export function makeCheckHealth(deps: { pool: Pool; queue: Queue }): () => Promise<Health> {
  const ask = async (question: Promise<unknown>): Promise<PartHealth> => {
    try {
      await question;
      return 'ok';
    } catch {
      return 'unreachable';
    }
  };
  return async () => {
    const [postgres, redis] = await Promise.all([ask(deps.pool.query('select 1')), ask(deps.queue.ping())]);
    return { status: postgres === 'ok' && redis === 'ok' ? 'ok' : 'degraded', checks: { postgres, redis } };
  };
}
