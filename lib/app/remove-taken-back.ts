import { errorField, type Logger } from '../logger.ts';
import type { Queue } from '../redis/queue.ts';

/**
 * Removes withdrawn executions from the queue. A failure is only logged: PostgreSQL decides, and these executions can
 * no longer be claimed there.
 */
export async function removeTakenBack(
  deps: { queue: Queue; logger: Logger },
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  try {
    await deps.queue.remove(ids);
  } catch (error) {
    deps.logger.warn('taken_back_left_in_queue', { executions: ids.length, error: errorField(error) });
  }
}
