import type { Delays } from '../domain/delays.ts';
import type { Queue } from '../redis/queue.ts';
import { parsePayload } from './execution-payload.ts';

export type Delayed = { executionTime: Date; delays: Delays };

/**
 * Reads what the payloads of executions have counted. The outcome of an attempt records it, so call this for executions that end
 * without one. Executions that nothing delayed are left out.
 */
export async function readDelays(
  queue: Pick<Queue, 'findPayloads'>,
  ids: readonly number[],
): Promise<Map<number, Delayed>> {
  const delayed = new Map<number, Delayed>();
  for (const [id, text] of await queue.findPayloads(ids)) {
    // Few payloads have delays, and it takes longer to parse one.
    const payload = text.includes('"delays"') ? parsePayload(text) : undefined;
    if (payload?.delays === undefined) continue;
    delayed.set(id, { executionTime: new Date(payload.executionTimeMs), delays: payload.delays });
  }
  return delayed;
}
