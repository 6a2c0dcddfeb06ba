import { type JobState, setJobsActive } from '../db/job-states.ts';
import { lockSchedules } from '../db/job-schedules.ts';
import type { Queryable } from '../db/pool.ts';
import { applyMoves, planMoves, type RefusedMove } from './move-jobs.ts';

export type SwitchedJobs = {
  changed: { id: number; nextExecutionTime: Date | null }[];
  /** Jobs that cannot be resumed or rescheduled, because their schedule has no future time. They are as before. */
  refused: RefusedMove[];
  /** The cancelled executions, which the queue may forget after the commit. */
  takenBack: number[];
};

/**
 * Pauses or resumes jobs, in a fixed number of statements regardless of their number. Call it in the transaction that
 * has locked them.
 *
 * @param jobs locked jobs that are not in the wanted state yet.
 * @param options.withdrawsDue a pause cancels also due occurrences that no worker has claimed.
 */
export async function setActive(
  tx: Queryable,
  jobs: readonly JobState[],
  isActive: boolean,
  { now, withdrawsDue = false }: { now: Date; withdrawsDue?: boolean },
): Promise<SwitchedJobs> {
  if (jobs.length === 0) return { changed: [], refused: [], takenBack: [] };
  const schedules = await lockSchedules(
    tx,
    jobs.map(({ id }) => id),
  );
  const moves = jobs.map((before) => ({
    before,
    after: { ...before, isActive },
    planned: schedules.get(before.id) ?? null,
    keepsSchedule: true,
  }));
  const { planned, refused } = await planMoves(tx, moves, now);
  const changed = planned.map(({ move, hasRun, nextExecutionTime }) => ({
    id: move.before.id,
    hasRun,
    nextExecutionTime,
  }));
  await setJobsActive(tx, changed, isActive, now);
  return { changed, refused, takenBack: await applyMoves(tx, planned, { now, withdrawsDue }) };
}
