import type { Config } from '../../lib/config.ts';
import { timings, wakeUpQueue } from '../../lib/topology.ts';

/**
 * Returns the settings of dispatching, the tick and the worker. Every function uses the same settings, so it does not matter
 * which function dispatches an execution first.
 */
export function settingsOf({
  lookAheadMs,
  maxWorkers,
  maxInFlight,
  maxRetryAfterMs,
}: Pick<Config, 'lookAheadMs' | 'maxWorkers' | 'maxInFlight' | 'maxRetryAfterMs'>) {
  return {
    ...timings,
    lookAheadMs,
    jobsPerWakeUp: wakeUpQueue.jobsPerWakeUp,
    schedulesPerBatch: 1_000,
    occurrencesPerSchedule: 20,
    executionsPerBatch: 1_000,
    maxOverdueWakeUps: maxWorkers,
    maxInFlight,
    maxFanOut: maxWorkers,
    maxRetryAfterMs,
  };
}

export type Settings = Record<keyof ReturnType<typeof settingsOf>, number>;
