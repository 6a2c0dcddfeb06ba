import type { AdoptZoneData } from './adopt-zone-data.ts';
import type { Clock } from '../domain/clock.ts';
import type { Dispatch } from './dispatch.ts';
import type { FoldOutcomes } from './fold-outcomes.ts';
import type { Logger } from '../logger.ts';
import { startAttempts, type Part } from './part-attempts.ts';
import type { Reconcile, Reconciled } from './reconcile/reconcile.ts';
import type { RotatePartitions } from './rotate-partitions.ts';

export type TickReport = Reconciled & {
  schedules: number;
  executions: number;
  /** The number of days that were dropped from the history because they are older than the retention. */
  daysDropped: number;
  /** Parts that failed; the tick continued without them. */
  failedParts: Part[];
  durationMs: number;
  /** False when the time ran out before everything due was dispatched. */
  isComplete: boolean;
};

/**
 * Upkeep of a table in bounded steps, such as the removal of old rows. It runs at the end of a tick that has time left, and
 * continues in the next tick.
 */
export type Upkeep = { part: Part; run: (now: Date, options: { untilMs: number }) => Promise<unknown> };

/** Upkeep ends this long after the start of the tick, so that the next tick finds no tick that still runs. */
const UPKEEP_UNTIL_MS = 30_000;

export type RunTick = (options: { deadlineMs: number }) => Promise<TickReport>;

/**
 * Makes one pass over due schedules: dispatches up to the look-ahead, and then repairs the effects of an earlier crash.
 *
 * A part that fails does not stop the rest. While Redis or SQS is unavailable, every occurrence is still written to
 * PostgreSQL, and a later tick queues it. The reconciliation asks both again, because an outage may have been short.
 *
 * @throws the error of the dispatch or the reconciliation, after the other has done its work. If another part fails,
 * the tick resolves and names it in `failedParts`: a repeated invocation would do no more than the tick of the next
 * minute.
 */
export function makeRunTick(deps: {
  clock: Clock;
  logger: Logger;
  partitions: RotatePartitions;
  adoptZoneData: AdoptZoneData;
  dispatch: Dispatch;
  reconcile: Reconcile;
  foldOutcomes: FoldOutcomes;
  upkeep: readonly Upkeep[];
  settings: { lookAheadMs: number };
}): RunTick {
  const { clock, logger, partitions, adoptZoneData, dispatch, reconcile, foldOutcomes, upkeep, settings } =
    deps;

  return async ({ deadlineMs }) => {
    const startedMs = clock.nowMs();
    const started = new Date(startedMs);
    const dispatching = startAttempts(logger);
    await dispatching.tryPart('partitions', () => partitions.makeAhead(started));
    // This runs before the dispatch, so that no outdated time is dispatched. The next tick continues with the rest.
    const adoptUntilMs = startedMs + (deadlineMs - startedMs) * 0.1;
    await dispatching.tryPart('time zones', () => adoptZoneData({ untilMs: adoptUntilMs }));
    // Some time is reserved for the reconciliation. Without it, busy ticks would never repair anything.
    const untilMs = startedMs + (deadlineMs - startedMs) * 0.7;
    const horizonMs = startedMs + settings.lookAheadMs;
    const dispatched = await dispatching.tryPart('dispatch', () =>
      dispatch({ horizonMs, untilMs, attempts: dispatching }),
    );

    const reconciling = startAttempts(logger);
    const { tryPart } = reconciling;
    const reconciled = await tryPart('reconciliation', () =>
      reconcile({ deadlineMs, attempts: reconciling }),
    );
    const daysDropped =
      clock.nowMs() < deadlineMs ? await tryPart('history', () => partitions.dropOld(started)) : 0;
    await tryPart('statistics', () => foldOutcomes({ untilMs: deadlineMs }));
    const untilUpkeepEndsMs = Math.min(deadlineMs, startedMs + UPKEEP_UNTIL_MS);
    for (const { part, run } of upkeep) {
      if (clock.nowMs() < untilUpkeepEndsMs)
        await tryPart(part, () => run(started, { untilMs: untilUpkeepEndsMs }));
    }

    const failures = new Map([...reconciling.failures(), ...dispatching.failures()]);
    if (dispatched === undefined) throw failures.get('dispatch');
    if (reconciled === undefined) throw failures.get('reconciliation');
    const durationMs = clock.nowMs() - startedMs;
    return {
      ...dispatched,
      ...reconciled,
      daysDropped: daysDropped ?? 0,
      failedParts: [...failures.keys()],
      durationMs,
    };
  };
}
