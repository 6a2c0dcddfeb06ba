import { isQuiet, isSettled, isSleptOut } from '../../domain/hibernation.ts';
import { readHibernation, readOutlook, type StoredHibernation } from '../../db/hibernation.ts';
import { errorField } from '../../logger.ts';
import { onceItAnswers } from '../once-it-answers.ts';
import type { RunTick } from '../run-tick.ts';
import type { FallAsleep, HibernateDeps } from './fall-asleep.ts';
import { resume } from './resume.ts';

/** A tick that runs later than this after the minute tick was turned off shows that the minute tick is still on. */
const LAST_TICK_MS = 180_000;

/**
 * Makes a tick that supports hibernation. It first turns the minute tick on if necessary, then does the work of a tick,
 * and then turns the minute tick off if no job is due soon.
 *
 * A tick that fails tries to leave the minute tick on, because it may have been the one-time tick, which no other tick
 * would follow. EventBridge also invokes a failed tick again. If all of that fails, jobs wait until the API creates or
 * changes a job: it notices that the sleep should have ended.
 */
export function makeHibernatingTick(
  deps: HibernateDeps & {
    runTick: RunTick;
    /**
     * The tick right after the minute tick was turned on. It looks further ahead, as the next tick may be minutes away.
     */
    runFirstTick: RunTick;
    fallAsleep: FallAsleep;
  },
): RunTick {
  const { runTick, runFirstTick, fallAsleep, pool, ticks, clock, logger, settings } = deps;

  const isToResume = async (row: StoredHibernation): Promise<boolean> => {
    const nowMs = clock.nowMs();
    switch (row.state) {
      case 'awake':
        // This is the one-time tick of a sleep that ended early. It turns the minute tick on in case it is still off.
        return isSleptOut(row, nowMs);
      case 'falling_asleep':
        // If the row has not settled, another tick is still turning the minute tick off.
        return isSettled(row, nowMs);
      case 'resuming':
        return true;
      case 'asleep':
        return (
          isSleptOut(row, nowMs) ||
          nowMs - row.changedAt.getTime() > LAST_TICK_MS ||
          !isQuiet(await readOutlook(pool), nowMs, settings.lookAheadMs)
        );
    }
  };

  /** Returns whether the minute tick is on and stays on (`isAwake`), and whether it was off before (`isFirst`). */
  const resumeIfNeeded = async (deadlineMs: number): Promise<{ isAwake: boolean; isFirst: boolean }> => {
    const nowMs = clock.nowMs();
    const untilMs = nowMs + (deadlineMs - nowMs) / 2;
    const row = await onceItAnswers(() => readHibernation(pool), { clock, untilMs });
    if (!(await isToResume(row))) return { isAwake: row.state === 'awake', isFirst: false };
    const isAwake = await resume(deps, row);
    logger.info('ticks_on', { from: row.state, sleepsUntil: row.sleepsUntil });
    return { isAwake, isFirst: true };
  };

  const leaveOn = async (): Promise<void> => {
    try {
      await ticks.switchOn();
    } catch (error) {
      logger.error('ticks_not_on', { error: errorField(error) });
    }
  };

  /** Turns the minute tick off. An error is only logged: the tick has done its work, and must not be invoked again. */
  const rest = async (deadlineMs: number): Promise<void> => {
    try {
      await fallAsleep({ deadlineMs });
    } catch (error) {
      logger.error('ticks_not_off', { error: errorField(error) });
      await leaveOn();
    }
  };

  return async ({ deadlineMs }) => {
    try {
      const [resuming] = await Promise.allSettled([resumeIfNeeded(deadlineMs)]);
      // Due executions are dispatched even if the minute tick could not be turned on.
      if (resuming.status === 'rejected') {
        await runFirstTick({ deadlineMs });
        throw resuming.reason;
      }
      const { isAwake, isFirst } = resuming.value;
      const report = await (isFirst ? runFirstTick : runTick)({ deadlineMs });
      if (isAwake && report.isComplete && report.failedParts.length === 0) await rest(deadlineMs);
      return report;
    } catch (error) {
      await leaveOn();
      throw error;
    }
  };
}
