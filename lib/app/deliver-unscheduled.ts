import type { StoredUnscheduled } from '../db/unscheduled-executions.ts';
import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import { toBatches } from '../redis/batches.ts';
import type { DeliverEntries } from './deliver.ts';
import { makePayloadText } from './execution-payload.ts';
import { startAttempts } from './part-attempts.ts';

/** Executions per call of Redis. A payload has up to 5 KB. */
const DELIVERED_AT_ONCE = 1_000;

export type DeliverUnscheduled = (stored: readonly StoredUnscheduled[]) => Promise<void>;

/**
 * Queues executions that no schedule asks for, wakes workers for them, and turns on the minute tick if it is off. Call it when
 * they are committed. It never throws: when Redis or SQS fails, the next tick delivers them.
 */
export function makeDeliverUnscheduled(deps: {
  deliverEntries: DeliverEntries;
  /** Turns on the minute tick if it is off. Undefined if it is never turned off. */
  ensureTicks: ((dueMs: number) => Promise<unknown>) | undefined;
  clock: Clock;
  logger: Logger;
}): DeliverUnscheduled {
  const { deliverEntries, ensureTicks, clock, logger } = deps;
  return async (stored) => {
    if (stored.length === 0) return;
    const nowMs = clock.nowMs();
    const delivery = { nowMs, planned: new Map<number, number>(), attempts: startAttempts(logger) };
    const deliverAll = async (): Promise<void> => {
      for (const batch of toBatches(stored, { limit: DELIVERED_AT_ONCE })) {
        await deliverEntries(batch.map(toEntry), delivery);
      }
    };
    await Promise.all([deliverAll(), ensureTicks?.(nowMs)]);
  };
}

const toEntry = (stored: StoredUnscheduled) => ({
  id: stored.id,
  dueMs: stored.executionTime.getTime(),
  payload: makePayloadText(stored)(stored.executionTime),
  queue: 'scheduled' as const,
});
