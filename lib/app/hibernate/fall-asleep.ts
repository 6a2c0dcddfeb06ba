import type { Clock } from '../../domain/clock.ts';
import { isQuiet, sleepUntil } from '../../domain/hibernation.ts';
import { changeHibernation, lockHibernation, readHibernation, readOutlook } from '../../db/hibernation.ts';
import type { Pool } from '../../db/pool.ts';
import { inTransaction } from '../../db/transaction.ts';
import { errorField, type Logger } from '../../logger.ts';
import { OPERATION_TIMEOUT_MS, type TickSchedule } from '../../eventbridge/tick-schedule.ts';

/**
 * Time after a tick's deadline until its function has certainly ended and its last request to EventBridge has arrived.
 */
const SETTLE_MS = 10_000;
/** The time that falling asleep may take: two operations of EventBridge Scheduler, and the statements. */
const FALL_ASLEEP_MS = 20_000;

export type HibernateDeps = {
  pool: Pool;
  ticks: TickSchedule;
  clock: Clock;
  logger: Logger;
  settings: { lookAheadMs: number };
};

export type FallAsleep = (options: { deadlineMs: number }) => Promise<void>;

/**
 * Turns the minute tick off when no job is due for 15 minutes and no execution waits or runs.
 *
 * It creates the one-time schedule before it disables the minute schedule. After a crash at any point, either the
 * minute tick is still on, and the next tick finds the row and repairs the state, or the one-time tick does so. No job
 * is lost. No job is late either: if the API makes one due before that repair, it repairs the state itself.
 */
export function makeFallAsleep({ pool, ticks, clock, logger, settings }: HibernateDeps): FallAsleep {
  /** Marks the row as falling asleep. Returns undefined if the ticks must stay on. */
  const decide = (settlesAt: Date) =>
    inTransaction(pool, async (tx) => {
      const { state, revision, sleepsUntil: before } = await lockHibernation(tx);
      // This reads after the lock. A caller that read the row earlier has committed its job before this statement.
      const outlook = await readOutlook(tx);
      const nowMs = clock.nowMs();
      if (state !== 'awake' || !isQuiet(outlook, nowMs, settings.lookAheadMs)) return undefined;
      const sleepsUntil = sleepUntil(outlook, nowMs, settings.lookAheadMs);
      const to = { state: 'falling_asleep', sleepsUntil, settlesAt } as const;
      return { before, sleepsUntil, revision: await changeHibernation(tx, revision, to, new Date(nowMs)) };
    });

  /**
   * Turns the ticks on again. The API asked for them in the meantime, perhaps before the minute schedule was disabled.
   */
  const resume = async (sleepsUntil: Date): Promise<void> => {
    await ticks.switchOn();
    const { state, revision } = await readHibernation(pool);
    if (state !== 'resuming') return;
    await changeHibernation(
      pool,
      revision,
      { state: 'awake', sleepsUntil, settlesAt: null },
      new Date(clock.nowMs()),
    );
  };

  /** Deletes the one-time schedule of an earlier sleep that ended early. It would cause an unnecessary tick. */
  const dropEarlier = async (before: Date | null, sleepsUntil: Date): Promise<void> => {
    if (before === null || before.getTime() <= clock.nowMs() || before.getTime() === sleepsUntil.getTime())
      return;
    try {
      await ticks.dropTickAt(before);
    } catch (error) {
      logger.warn('one_time_tick_left', { at: before, error: errorField(error) });
    }
  };

  return async ({ deadlineMs }) => {
    if (deadlineMs - clock.nowMs() < FALL_ASLEEP_MS) return;
    // This check takes no lock, because nearly every tick of a busy scheduler returns here.
    if (!isQuiet(await readOutlook(pool), clock.nowMs(), settings.lookAheadMs)) return;
    const decided = await decide(new Date(deadlineMs + SETTLE_MS));
    if (decided?.revision === undefined) return;
    const { revision, sleepsUntil, before } = decided;
    await ticks.tickOnceAt(sleepsUntil);
    // The operation must not take effect after `settlesAt`: from then on, other processes rely on the minute schedule.
    if (deadlineMs - clock.nowMs() < OPERATION_TIMEOUT_MS)
      throw new Error('not enough time is left to turn the minute tick off');
    await ticks.switchOff();
    const to = { state: 'asleep', sleepsUntil, settlesAt: null } as const;
    if ((await changeHibernation(pool, revision, to, new Date(clock.nowMs()))) === undefined) {
      return resume(sleepsUntil);
    }
    logger.info('ticks_off', { sleepsUntil });
    await dropEarlier(before, sleepsUntil);
  };
}
