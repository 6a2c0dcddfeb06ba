import { FIRST_TICK_WITHIN_MS, lookAheadWhenResuming, ticksInTimeFor } from '../../domain/hibernation.ts';
import { changeHibernation, readDecidedHibernation, type StoredHibernation } from '../../db/hibernation.ts';
import { errorField } from '../../logger.ts';
import type { Dispatch } from '../dispatch.ts';
import { makeDispatchSoon, type DispatchSoon } from '../dispatch-soon.ts';
import type { HibernateDeps } from './fall-asleep.ts';
import { resume } from './resume.ts';

/** The number of times to try. Each further try means that another process has changed the row. */
const MAX_TRIES = 5;

type Answer =
  | { kind: 'ticking' }
  /** The minute tick was just turned on, and its first tick has not run yet. */
  | { kind: 'first tick to come' }
  | { kind: 'to resume'; row: StoredHibernation }
  | { kind: 'unknown' };

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
  const { pool, clock, logger, ticks, settings } = deps;
  const dispatchSoon = makeDispatchSoon(deps);
  const dispatchUntilFirstTick = makeDispatchSoon({
    ...deps,
    settings: { lookAheadMs: lookAheadWhenResuming(settings.lookAheadMs) },
  });

  /** Marks the row as `resuming` if the ticks are needed, before the minute tick is turned on. */
  const askForTicks = async (dueMs: number): Promise<Answer> => {
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const row = await readDecidedHibernation(pool);
      const nowMs = clock.nowMs();
      if (row.state === 'awake') {
        const isNew = nowMs - row.changedAt.getTime() < FIRST_TICK_WITHIN_MS;
        return { kind: isNew ? 'first tick to come' : 'ticking' };
      }
      if (row.state === 'resuming') return { kind: 'to resume', row };
      if (ticksInTimeFor(dueMs, row, nowMs, settings.lookAheadMs)) return { kind: 'ticking' };
      const wanted = { ...row, state: 'resuming' as const };
      const revision = await changeHibernation(pool, row.revision, wanted, new Date(nowMs));
      if (revision !== undefined) return { kind: 'to resume', row: { ...wanted, revision } };
    }
    return { kind: 'unknown' };
  };

  const askInAnyCase = async (dueMs: number): Promise<Answer> => {
    try {
      return await askForTicks(dueMs);
    } catch (error) {
      logger.warn('hibernation_unknown', { error: errorField(error) });
      return { kind: 'unknown' };
    }
  };

  const switchOn = async (answer: Answer): Promise<void> => {
    try {
      switch (answer.kind) {
        case 'to resume':
          await resume(deps, answer.row);
          break;
        case 'unknown':
          // If the row is `asleep` although the minute tick is on, the next ticks correct the row.
          await ticks.switchOn();
          break;
        case 'ticking':
        case 'first tick to come':
          return;
      }
      logger.info('ticks_on', { reason: answer.kind });
    } catch (error) {
      logger.error('ticks_not_on', { error: errorField(error) });
    }
  };

  return async (jobs) => {
    const dueMs = Math.min(...jobs.map((job) => job.nextExecutionTime?.getTime() ?? Infinity));
    if (dueMs === Infinity) return;
    const answer = await askInAnyCase(dueMs);
    if (answer.kind === 'ticking') await dispatchSoon(jobs);
    else await Promise.all([switchOn(answer), dispatchUntilFirstTick(jobs)]);
  };
}
