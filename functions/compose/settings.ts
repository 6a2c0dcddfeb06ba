import type { Config } from '../../lib/config.ts';
import type { DispatchSettings } from '../../lib/app/dispatch.ts';
import { timings, wakeUpQueue } from '../../lib/topology.ts';

/** How the scheduler and the API dispatch: alike, so that it does not matter who comes first. */
export function dispatchSettings(config: Config): DispatchSettings {
  return {
    lookAheadMs: config.lookAheadMs,
    misfireAfterMs: timings.misfireAfterMs,
    wakeUpLeadMs: timings.wakeUpLeadMs,
    jobsPerWakeUp: wakeUpQueue.jobsPerWakeUp,
    schedulesPerBatch: 1_000,
    occurrencesPerSchedule: 20,
  };
}
