import { isSettled, isSleptOut, type Hibernation } from '../../domain/hibernation.ts';
import { changeHibernation, type StoredHibernation } from '../../db/hibernation.ts';
import type { HibernateDeps } from './fall-asleep.ts';

/**
 * Turns the minute tick on, and returns whether it stays on. It may not while another tick is falling asleep: that one
 * then finds that the row has changed, and turns the minute tick on again itself. The row says `awake` only after.
 */
export async function resume(
  { pool, ticks, clock }: Pick<HibernateDeps, 'pool' | 'ticks' | 'clock'>,
  row: StoredHibernation,
): Promise<boolean> {
  await ticks.switchOn();
  const nowMs = clock.nowMs();
  if (!isSettled(row, nowMs)) return false;
  // No revision: somebody else resumed at the same time.
  await changeHibernation(pool, row.revision, awakeFrom(row, nowMs), new Date(nowMs));
  return true;
}

/** A one-time tick that is still to come is remembered: it then looks whether the minute tick really is on. */
function awakeFrom(row: Hibernation, nowMs: number): Hibernation {
  return { state: 'awake', sleepsUntil: isSleptOut(row, nowMs) ? null : row.sleepsUntil, settlesAt: null };
}
