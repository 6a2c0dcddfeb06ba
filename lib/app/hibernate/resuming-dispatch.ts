import { lookAheadWhenResuming } from '../../domain/hibernation.ts';
import type { Dispatch } from '../dispatch.ts';
import { makeDispatchSoon, type DispatchSoon } from '../dispatch-soon.ts';
import { makeTicks } from './ticks.ts';
import type { HibernateDeps } from './fall-asleep.ts';

/**
 * Dispatches new and changed jobs that are due within the look-ahead. If the minute tick is off for longer than one of
 * the jobs can wait, it turns the minute tick on.
 *
 * A failure here is logged, and the caller receives no error: the jobs are already in PostgreSQL, and the caller would
 * create them a second time. The row becomes `resuming` before the call to EventBridge Scheduler. If that call fails in
 * its three attempts, or the process dies, the next created or changed job tries again, and so does the one-time tick.
 * In the worst case, a job is delayed until the end of the sleep, which is at most 12 hours away. Executions that are
 * due within three minutes are always dispatched here. A process that dies before it marks the row has acknowledged no
 * job.
 */
export function makeResumingDispatch(
  deps: Omit<HibernateDeps, 'settings'> & {
    dispatch: Dispatch;
    settings: { lookAheadMs: number };
  },
): DispatchSoon {
  const { settings } = deps;
  const minuteTicks = makeTicks(deps);
  const dispatchSoon = makeDispatchSoon(deps);
  const dispatchUntilFirstTick = makeDispatchSoon({
    ...deps,
    settings: { lookAheadMs: lookAheadWhenResuming(settings.lookAheadMs) },
  });

  return async (jobs) => {
    const dueMs = Math.min(...jobs.map((job) => job.nextExecutionTime?.getTime() ?? Infinity));
    if (dueMs === Infinity) return;
    const answer = await minuteTicks.askFor(dueMs);
    if (answer.kind === 'ticking') await dispatchSoon(jobs);
    else await Promise.all([minuteTicks.switchOn(answer), dispatchUntilFirstTick(jobs)]);
  };
}
