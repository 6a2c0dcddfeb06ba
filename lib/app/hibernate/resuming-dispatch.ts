import { FIRST_TICK_WITHIN_MS, lookAheadWhenResuming, ticksInTimeFor } from '../../domain/hibernation.ts';
import { changeHibernation, readDecidedHibernation, type StoredHibernation } from '../../db/hibernation.ts';
import { errorField } from '../../logger.ts';
import type { Dispatch } from '../dispatch.ts';
import { makeDispatchSoon, type DispatchSoon } from '../dispatch-soon.ts';
import type { HibernateDeps } from './fall-asleep.ts';
import { resume } from './resume.ts';

/** Each further try follows a change of the row by somebody else. */
const MAX_TRIES = 5;

type Answer =
  | { kind: 'ticking' }
  /** The minute tick was turned on a moment ago. */
  | { kind: 'first tick to come' }
  | { kind: 'to resume'; row: StoredHibernation }
  | { kind: 'unknown' };

/**
 * Dispatches what is due within the look-ahead, and turns the minute tick on when it is off for longer than one of
 * the jobs, just made or changed, can wait.
 *
 * The jobs are in PostgreSQL already, so a failure here is none of the caller's, who would create them once more. The
 * row says `resuming` before EventBridge Scheduler is asked: where that does not answer in its three attempts, or this
 * process dies, the next job made or changed asks again, and the one-time tick does. An error is logged as well. So the
 * worst is a job as late as the end of the sleep, 12 hours away at most; what is due within three minutes is
 * dispatched here in any case. A process that dies before the row is marked has acknowledged no job.
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

  /** A row that is to be resumed is marked so, before anything is tried. */
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
          // Where the row says `asleep` although the minute tick is on, the ticks notice.
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
