import { errorField, type Logger } from '../logger.ts';

/** A part that a tick uses. If one fails, the tick continues without it, and reports it at the end. */
export type Part =
  | 'partitions'
  | 'time zones'
  | 'dispatch'
  | 'reconciliation'
  | 'history'
  | 'attempts'
  | 'audit log'
  | 'API keys'
  | 'finished jobs'
  | 'statistics'
  | 'failures'
  | 'upcoming load'
  | 'idempotency keys'
  | 'operations'
  | 'callbacks'
  | 'Redis'
  | 'SQS';

export type PartAttempts = {
  /** Resolves with undefined when the part fails, or has failed before: `work` is not called then. */
  tryPart: <T>(part: Part, work: () => Promise<T>) => Promise<T | undefined>;
  /** The first error of each part that failed. */
  failures: () => ReadonlyMap<Part, unknown>;
};

/**
 * Runs work that needs a part, and continues when the part fails. A part that failed is not asked again: a server that is
 * away costs its whole timeout with each call, and a tick makes hundreds of calls. Each failure is logged as
 * `part_failed`.
 */
export function startAttempts(logger: Logger): PartAttempts {
  const failures = new Map<Part, unknown>();
  return {
    tryPart: async (part, work) => {
      if (failures.has(part)) return undefined;
      try {
        return await work();
      } catch (error) {
        failures.set(part, error);
        logger.error('part_failed', { part, error: errorField(error) });
        return undefined;
      }
    },
    failures: () => failures,
  };
}
