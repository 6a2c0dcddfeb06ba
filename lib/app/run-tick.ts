import type { Clock } from '../domain/clock.ts';
import { ensurePartitions } from '../db/partitions.ts';
import type { Pool } from '../db/pool.ts';
import type { DispatchBatch, DispatchSettings } from './dispatch.ts';
import type { Reconcile, Reconciled } from './reconcile.ts';

/** Days with a partition beyond today: a scheduler that stands still for two of them needs no default. */
const PARTITION_DAYS_AHEAD = 3;

export type TickReport = Reconciled & {
  schedules: number;
  executions: number;
  durationMs: number;
  /** False when the time ran out before everything due was dispatched. */
  isComplete: boolean;
};

export type RunTick = (options: { deadlineMs: number }) => Promise<TickReport>;

/** One pass over what is due: dispatches up to the look-ahead, then makes good what an earlier crash left behind. */
export function makeRunTick(deps: {
  pool: Pool;
  clock: Clock;
  dispatchBatch: DispatchBatch;
  reconcile: Reconcile;
  settings: Pick<DispatchSettings, 'lookAheadMs' | 'schedulesPerBatch'>;
}): RunTick {
  const { pool, clock, dispatchBatch, reconcile, settings } = deps;
  let partitionsMadeOn = '';

  const makePartitionsAhead = async (now: Date): Promise<void> => {
    const today = now.toISOString().slice(0, 10);
    if (today === partitionsMadeOn) return;
    const { missing } = await ensurePartitions(pool, now, PARTITION_DAYS_AHEAD);
    if (missing.length === 0) partitionsMadeOn = today;
  };

  return async ({ deadlineMs }) => {
    const startedMs = clock.nowMs();
    await makePartitionsAhead(new Date(startedMs));
    const horizonMs = startedMs + settings.lookAheadMs;
    const planned = new Map<number, number>();
    let schedules = 0;
    let executions = 0;
    let isComplete = false;
    // Some of the time is kept for the reconciliation: a tick that never reached it would never recover anything.
    const dispatchUntilMs = startedMs + (deadlineMs - startedMs) * 0.7;
    while (!isComplete && clock.nowMs() < dispatchUntilMs) {
      const batch = await dispatchBatch({ horizonMs, planned });
      schedules += batch.schedules;
      executions += batch.executions;
      isComplete = batch.schedules === 0;
    }
    const reconciled = await reconcile({ deadlineMs });
    return { schedules, executions, ...reconciled, durationMs: clock.nowMs() - startedMs, isComplete };
  };
}
