import { FIRST_TICK_WITHIN_MS, ticksInTimeFor } from '../../domain/hibernation.ts';
import { changeHibernation, readDecidedHibernation, type StoredHibernation } from '../../db/hibernation.ts';
import { errorField } from '../../logger.ts';
import type { HibernateDeps } from './fall-asleep.ts';
import { resume } from './resume.ts';

/** The number of times to try. Each further try means that another process has changed the row. */
const MAX_TRIES = 5;

export type Ticking =
  | { kind: 'ticking' }
  /** The minute tick was just turned on, and its first tick has not run yet. */
  | { kind: 'first tick follows' }
  | { kind: 'to resume'; row: StoredHibernation }
  | { kind: 'unknown' };

export type Ticks = {
  /**
   * Tells whether ticks come in time for an execution that is due at the instant. If they do not, it marks the row as
   * `resuming`, before the minute tick is turned on. It never throws.
   */
  askFor: (dueMs: number) => Promise<Ticking>;
  /** Turns the minute tick on if the answer requires it. A failure is logged. */
  switchOn: (ticking: Ticking) => Promise<void>;
  /** Does both. */
  ensure: (dueMs: number) => Promise<void>;
};

/** Makes the calls by which a process that has committed work makes sure that ticks come for it. */
export function makeTicks(
  deps: Omit<HibernateDeps, 'settings'> & { settings: { lookAheadMs: number } },
): Ticks {
  const { pool, clock, logger, ticks, settings } = deps;

  const ask = async (dueMs: number): Promise<Ticking> => {
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const row = await readDecidedHibernation(pool);
      const nowMs = clock.nowMs();
      if (row.state === 'awake') {
        const isNew = nowMs - row.changedAt.getTime() < FIRST_TICK_WITHIN_MS;
        return { kind: isNew ? 'first tick follows' : 'ticking' };
      }
      if (row.state === 'resuming') return { kind: 'to resume', row };
      if (ticksInTimeFor(dueMs, row, nowMs, settings.lookAheadMs)) return { kind: 'ticking' };
      const wanted = { ...row, state: 'resuming' as const };
      const revision = await changeHibernation(pool, row.revision, wanted, new Date(nowMs));
      if (revision !== undefined) return { kind: 'to resume', row: { ...wanted, revision } };
    }
    return { kind: 'unknown' };
  };

  const askFor: Ticks['askFor'] = async (dueMs) => {
    try {
      return await ask(dueMs);
    } catch (error) {
      logger.warn('hibernation_unknown', { error: errorField(error) });
      return { kind: 'unknown' };
    }
  };

  const switchOn: Ticks['switchOn'] = async (ticking) => {
    try {
      switch (ticking.kind) {
        case 'to resume':
          await resume(deps, ticking.row);
          break;
        case 'unknown':
          // If the row is `asleep` although the minute tick is on, the next ticks correct the row.
          await ticks.switchOn();
          break;
        case 'ticking':
        case 'first tick follows':
          return;
      }
      logger.info('ticks_on', { reason: ticking.kind });
    } catch (error) {
      logger.error('ticks_not_on', { error: errorField(error) });
    }
  };

  return { askFor, switchOn, ensure: async (dueMs) => switchOn(await askFor(dueMs)) };
}
