import type { Activity } from '../activity.ts';
import type { Attempts } from '../attempts.ts';

/** Begins claimed attempts that have waited long enough for a free slot, in every mode of the run. */
export const makeBeginOverdue = ({ attempts }: { attempts: Attempts }): Activity => ({
  name: 'begin overdue',
  fromMs: attempts.overdueFromMs,
  run: async (nowMs) => attempts.beginOverdue(nowMs),
});
