import type { Clock } from '../domain/clock.ts';
import type { DispatchBatch, DispatchSettings } from './dispatch.ts';
import type { Reconcile, Reconciled } from './reconcile.ts';
import type { RotatePartitions } from './rotate-partitions.ts';

export type TickReport = Reconciled & {
  schedules: number;
  executions: number;
  /** Days of the history that were over their time. */
  daysDropped: number;
  durationMs: number;
  /** False when the time ran out before everything due was dispatched. */
  isComplete: boolean;
};

export type RunTick = (options: { deadlineMs: number }) => Promise<TickReport>;

/** One pass over what is due: dispatches up to the look-ahead, then makes good what an earlier crash left behind. */
export function makeRunTick(deps: {
  clock: Clock;
  partitions: RotatePartitions;
  dispatchBatch: DispatchBatch;
  reconcile: Reconcile;
  settings: Pick<DispatchSettings, 'lookAheadMs' | 'schedulesPerBatch'>;
}): RunTick {
  const { clock, partitions, dispatchBatch, reconcile, settings } = deps;
  return async ({ deadlineMs }) => {
    const startedMs = clock.nowMs();
    await partitions.makeAhead(new Date(startedMs));
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
    const daysDropped = clock.nowMs() < deadlineMs ? await partitions.dropOld(new Date(startedMs)) : 0;
    const durationMs = clock.nowMs() - startedMs;
    return { schedules, executions, ...reconciled, daysDropped, durationMs, isComplete };
  };
}
