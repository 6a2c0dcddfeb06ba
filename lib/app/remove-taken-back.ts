import type { Pool } from '../db/pool.ts';
import { recordDelays } from '../db/record-delays.ts';
import { errorField, type Logger } from '../logger.ts';
import type { Queue } from '../redis/queue.ts';
import { readDelays } from './read-delays.ts';

/**
 * Removes withdrawn executions from the queue, and records what their payloads have counted. A failure is only logged: PostgreSQL
 * decides, and these executions can no longer be claimed there.
 */
export async function removeTakenBack(
  { pool, queue, logger }: { pool: Pool; queue: Queue; logger: Logger },
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  try {
    const delayed = await readDelays(queue, ids);
    await recordDelays(
      pool,
      [...delayed].map(([id, each]) => ({ id, ...each })),
    );
    await queue.remove(ids);
  } catch (error) {
    logger.warn('taken_back_left_in_queue', { executions: ids.length, error: errorField(error) });
  }
}
