import { lockSchedules } from '../db/job-schedules.ts';
import { type JobState, setJobSchedules } from '../db/job-states.ts';
import type { Queryable } from '../db/pool.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import type { SpreadWindow } from '../domain/operation.ts';
import { type SpreadResult, spreadSchedule } from '../domain/schedule/spread-schedule.ts';
import { applyMoves, planMoves } from './move-jobs.ts';
import type { SwitchedJobs } from './set-active.ts';

/** Returns the schedule that a job gets in a window, or why it keeps its own. */
export function spreadOf(
  job: Pick<JobState, 'id' | 'schedule' | 'timeZone' | 'isRecurring'>,
  { withinSeconds }: SpreadWindow,
  now: Date,
): SpreadResult {
  if (!job.isRecurring) return { fault: 'belongs to a job that runs once' };
  const { id: jobId, schedule, timeZone } = job;
  try {
    return spreadSchedule({ schedule, timeZone, withinSeconds, jobId, nowMs: now.getTime() });
  } catch (error) {
    if (error instanceof InvalidScheduleError) return { fault: 'is no longer valid' };
    throw error;
  }
}

/**
 * Gives jobs the schedules that they have in a window, in a fixed number of statements regardless of their number. Jobs
 * that cannot be spread keep theirs. Call it in the transaction that has locked the jobs.
 */
export async function spreadJobs(
  tx: Queryable,
  jobs: readonly JobState[],
  window: SpreadWindow,
  now: Date,
): Promise<SwitchedJobs> {
  const spread = jobs.flatMap((before) => {
    const result = spreadOf(before, window, now);
    return 'fault' in result ? [] : [{ before, after: { ...before, schedule: result.schedule } }];
  });
  if (spread.length === 0) return { changed: [], refused: [], takenBack: [] };
  const schedules = await lockSchedules(
    tx,
    spread.map(({ before }) => before.id),
  );
  const moves = spread.map((change) => ({
    ...change,
    planned: schedules.get(change.before.id) ?? null,
    keepsSchedule: false,
  }));
  const { planned, refused } = await planMoves(tx, moves, now);
  const changed = planned.map(({ move: { before, after }, hasRun, nextExecutionTime }) => ({
    id: before.id,
    schedule: after.schedule,
    hasRun,
    nextExecutionTime,
  }));
  await setJobSchedules(tx, changed, now);
  return { changed, refused, takenBack: await applyMoves(tx, planned, { now }) };
}
