import { isQuiet, isSettled, isSleptOut } from '../../domain/hibernation.ts';
import { readHibernation, readOutlook, type StoredHibernation } from '../../db/hibernation.ts';
import { errorField } from '../../logger.ts';
import { onceItAnswers } from '../once-it-answers.ts';
import type { RunTick } from '../run-tick.ts';
import type { FallAsleep, HibernateDeps } from './fall-asleep.ts';
import { resume } from './resume.ts';

/** Ticks that came this long after the minute tick was turned off were not under way then: it is still on. */
const LAST_TICK_MS = 180_000;

/**
 * A tick that lets the scheduler hibernate: it turns the minute tick on first, where that is called for, then does its
 * work, and then falls asleep when there is nothing to come.
 *
 * A tick that fails leaves the minute tick on, as far as it can, since it may have been the one-time tick, after which
 * none would come; EventBridge invokes it again as well. Should all of that fail, jobs wait until the API makes or
 * changes one: it notices that the sleep was overslept.
 */
export function makeHibernatingTick(
  deps: HibernateDeps & {
    runTick: RunTick;
    /** Looks further ahead: it is made when the minute tick was just turned on, and may be the only one for minutes. */
    runFirstTick: RunTick;
    fallAsleep: FallAsleep;
  },
): RunTick {
  const { runTick, runFirstTick, fallAsleep, pool, ticks, clock, logger, settings } = deps;

  const isToResume = async (row: StoredHibernation): Promise<boolean> => {
    const nowMs = clock.nowMs();
    switch (row.state) {
      case 'awake':
        // The one-time tick of a sleep that was cut short: should the minute tick be off against all odds, it ends here.
        return isSleptOut(row, nowMs);
      case 'falling_asleep':
        // Else another tick is at it.
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

  /** `isAwake` says whether the minute tick is on, for good; `isFirst` whether it was off. */
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

  /** The tick has done its work: that it could not fall asleep is no reason for it to be made again. */
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
      // What is due comes first, whatever EventBridge Scheduler said.
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
