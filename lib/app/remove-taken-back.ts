import { errorField, type Logger } from '../logger.ts';
import type { Queue } from '../redis/queue.ts';

/**
 * Drops from the queue what PostgreSQL has taken back. That it is gone from there already is what counts (it can no
 * longer be claimed), so a failure here is no error of the caller's.
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
