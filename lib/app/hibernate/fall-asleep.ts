import type { Clock } from '../../domain/clock.ts';
import { isQuiet, sleepUntil } from '../../domain/hibernation.ts';
import { changeHibernation, lockHibernation, readHibernation, readOutlook } from '../../db/hibernation.ts';
import type { Pool } from '../../db/pool.ts';
import { inTransaction } from '../../db/transaction.ts';
import { errorField, type Logger } from '../../logger.ts';
import { OPERATION_TIMEOUT_MS, type TickSchedule } from '../../eventbridge/tick-schedule.ts';

/** From a tick's deadline on until its function is surely gone, and what it sent last has arrived. */
const SETTLE_MS = 10_000;
/** What falling asleep may take: two operations, and their statements. */
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
 * Turns the minute tick off when nothing is due for 15 minutes and nothing waits or runs.
 *
 * The one-time schedule is there before the minute schedule is off. So a crash at any point leaves either the minute
 * tick on, and the next tick finds the row and makes it good; or a one-time tick that does. No job is lost, and none is
 * late unless the API makes one due sooner while the crash's traces are not yet made good: it finds them itself then.
 */
export function makeFallAsleep({ pool, ticks, clock, logger, settings }: HibernateDeps): FallAsleep {
  /** Undefined when it is to stay awake. */
  const decide = (settlesAt: Date) =>
    inTransaction(pool, async (tx) => {
      const { state, revision, sleepsUntil: before } = await lockHibernation(tx);
      // After the lock: whoever committed a job and read the row before, committed it before this statement.
      const outlook = await readOutlook(tx);
      const nowMs = clock.nowMs();
      if (state !== 'awake' || !isQuiet(outlook, nowMs, settings.lookAheadMs)) return undefined;
      const sleepsUntil = sleepUntil(outlook, nowMs, settings.lookAheadMs);
      const to = { state: 'falling_asleep', sleepsUntil, settlesAt } as const;
      return { before, sleepsUntil, revision: await changeHibernation(tx, revision, to, new Date(nowMs)) };
    });

  /** Somebody wanted ticks meanwhile, perhaps before the minute schedule was turned off here. */
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

  /** What an earlier sleep that was cut short left; it would cost a tick for nothing. */
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
    // Without a lock: nearly every minute of a busy scheduler ends here.
    if (!isQuiet(await readOutlook(pool), clock.nowMs(), settings.lookAheadMs)) return;
    const decided = await decide(new Date(deadlineMs + SETTLE_MS));
    if (decided?.revision === undefined) return;
    const { revision, sleepsUntil, before } = decided;
    await ticks.tickOnceAt(sleepsUntil);
    // It must not take effect after `settlesAt`: from then on others rely on the minute schedule staying on.
    if (deadlineMs - clock.nowMs() < OPERATION_TIMEOUT_MS) throw new Error('no time is left to fall asleep');
    await ticks.switchOff();
    const to = { state: 'asleep', sleepsUntil, settlesAt: null } as const;
    if ((await changeHibernation(pool, revision, to, new Date(clock.nowMs()))) === undefined) {
      return resume(sleepsUntil);
    }
    logger.info('ticks_off', { sleepsUntil });
    await dropEarlier(before, sleepsUntil);
  };
}
