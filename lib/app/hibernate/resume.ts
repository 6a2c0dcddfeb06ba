import { isSettled, isSleptOut, type Hibernation } from '../../domain/hibernation.ts';
import { changeHibernation, type StoredHibernation } from '../../db/hibernation.ts';
import type { HibernateDeps } from './fall-asleep.ts';

/**
 * Turns the minute tick on, and returns whether it stays on. It may not stay on while another tick is turning it off.
 * That tick then finds that the row has changed, and turns the minute tick on again. Only then does the row become
 * `awake`.
 */
export async function resume(
  { pool, ticks, clock }: Pick<HibernateDeps, 'pool' | 'ticks' | 'clock'>,
  row: StoredHibernation,
): Promise<boolean> {
  await ticks.switchOn();
  const nowMs = clock.nowMs();
  if (!isSettled(row, nowMs)) return false;
  // The result is not used: without a revision, another process resumed at the same time.
  await changeHibernation(pool, row.revision, awakeFrom(row, nowMs), new Date(nowMs));
  return true;
}

/**
 * Keeps the time of a one-time tick that is still in the future. That tick checks that the minute tick really is on.
 */
function awakeFrom(row: Hibernation, nowMs: number): Hibernation {
  return { state: 'awake', sleepsUntil: isSleptOut(row, nowMs) ? null : row.sleepsUntil, settlesAt: null };
}
