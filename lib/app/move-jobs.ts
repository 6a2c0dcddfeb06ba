import { deleteSchedules, setSchedules } from '../db/job-schedules.ts';
import type { JobState } from '../db/job-states.ts';
import type { Queryable } from '../db/pool.ts';
import { lockOpen, restoreAttempts, reviseOpen, takeBack } from '../db/take-back-executions.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import { firstExecutionTime } from '../domain/first-execution-time.ts';
import type { JobDescription } from '../domain/job.ts';
import { hasBegun, isOfSchedule, isToComeAfter, type OpenExecution } from '../domain/open-execution.ts';
import { hasSameTimes } from '../domain/schedule/same-times.ts';
import { writeDue } from './write-due.ts';

type Times = Pick<JobDescription, 'schedule' | 'timeZone' | 'isRecurring' | 'isActive' | 'type'>;

/** A change of a job, as far as its times and its executions depend on it. The job and its schedule are locked. */
export type Move = {
  before: Omit<JobState, 'version'>;
  after: Times;
  /** The next execution time of its schedule. Null if it has none. */
  planned: Date | null;
  /** Whether the job's only instant has passed and is not new to the job. It then gets no next execution time. */
  hasPassed?: boolean;
  /** Whether the caller sent no schedule, so that an error must be about the stored one. */
  keepsSchedule: boolean;
};

export type PlannedMove = {
  move: Move;
  open: readonly OpenExecution[];
  nextExecutionTime: Date | null;
  hasRun: boolean;
  isRescheduled: boolean;
};

export type RefusedMove = { id: number; error: InvalidScheduleError };

/**
 * Decides about the times of jobs that change, in a fixed number of statements regardless of their number. It writes the executions
 * of occurrences that are already due, and locks the open executions. Store the jobs next, and then call `applyMoves`.
 *
 * A move is refused if its schedule has no future time. Such a job had no schedule before, so nothing was written for it.
 */
export async function planMoves(
  tx: Queryable,
  moves: readonly Move[],
  now: Date,
): Promise<{ planned: PlannedMove[]; refused: RefusedMove[] }> {
  const leavesSchedule = (move: Move): boolean => movesTimes(move) || !move.after.isActive;
  const leaving = moves.filter(leavesSchedule).map(({ before, planned }) => ({ job: before, next: planned }));
  const nextTimes = await writeDue(tx, leaving, now);
  const ids = moves.map(({ before }) => before.id);
  const open = Map.groupBy(await lockOpen(tx, ids), ({ jobId }) => jobId);
  const planned: PlannedMove[] = [];
  const refused: RefusedMove[] = [];
  for (const move of moves) {
    const { id } = move.before;
    const next = leavesSchedule(move) ? (nextTimes.get(id) ?? null) : move.planned;
    try {
      planned.push(planMove(move, next, open.get(id) ?? [], now));
    } catch (error) {
      if (!(error instanceof InvalidScheduleError)) throw error;
      refused.push({ id, error });
    }
  }
  return { planned, refused };
}

type Change<Of> = { before: Of; after: Of };

/** Tells whether the job gets other times than before. */
export const changesTimes = ({
  before,
  after,
}: Change<Pick<JobDescription, 'schedule' | 'timeZone' | 'isRecurring'>>): boolean =>
  before.isRecurring !== after.isRecurring || !hasSameTimes(before, after);

/** Tells whether the job gets other times than before, or gets times again. */
export const movesTimes = (change: Change<Omit<Times, 'type'>>): boolean =>
  changesTimes(change) || (change.after.isActive && !change.before.isActive);

/** @param next the next execution time that no tick has dispatched. */
function planMove(move: Move, next: Date | null, open: readonly OpenExecution[], now: Date): PlannedMove {
  const { after, hasPassed = false } = move;
  const hasRun = next === null && keepsItsRun(move, open, now);
  const isRescheduled = movesTimes(move) && !hasRun;
  const isOver = hasRun || (isRescheduled && hasPassed);
  const timeToCome = isRescheduled && !isOver ? firstTime(move, now) : next;
  const nextExecutionTime = after.isActive && !isOver ? timeToCome : null;
  return { move, open, nextExecutionTime, hasRun, isRescheduled };
}

/**
 * Tells whether the job does not recur, keeps its schedule, and its execution is due or has begun. It then has no next
 * execution, even if it is paused, resumed or moved to another time zone. Call it only for a job without a next
 * execution time.
 */
function keepsItsRun({ before, after }: Move, open: readonly OpenExecution[], now: Date): boolean {
  if (before.isRecurring || after.isRecurring || after.schedule !== before.schedule) return false;
  return before.isActive ? !open.some(isToComeAfter(now)) : before.hasRun;
}

function firstTime({ after, keepsSchedule }: Move, now: Date): Date | null {
  try {
    return firstExecutionTime(after, now.getTime());
  } catch (error) {
    if (!(error instanceof InvalidScheduleError) || !keepsSchedule) throw error;
    // The message does not contain the stored schedule, because the API key may lack the scope to read it.
    throw new InvalidScheduleError(
      'schedule',
      'the schedule of the job has no time in the future; send a new schedule as well',
      { cause: error },
    );
  }
}

/**
 * Cancels or withdraws the executions that the moves take back, lets the others follow the changed jobs, and stores the next
 * execution times. Returns the ids of the cancelled executions, which the queue may forget.
 *
 * @param options.withdrawsDue a pause cancels also due occurrences that no worker has claimed.
 */
export async function applyMoves(
  tx: Queryable,
  planned: readonly PlannedMove[],
  { now, withdrawsDue = false }: { now: Date; withdrawsDue?: boolean },
): Promise<number[]> {
  const openOf = (isConcerned: (plan: PlannedMove) => boolean): OpenExecution[] =>
    planned.filter(isConcerned).flatMap(({ open }) => open);
  const paused = openOf(({ move }) => !move.after.isActive).filter(isOfSchedule);
  const rescheduled = openOf(({ move, isRescheduled }) => move.after.isActive && isRescheduled);
  const cancelled = new Set([
    ...(await takeBack(tx, paused, 'JOB_PAUSED', { now, withDue: withdrawsDue })),
    ...(await takeBack(tx, rescheduled.filter(isToComeAfter(now)), 'SCHEDULE_CHANGED', { now })),
  ]);
  const becameOnce = openOf(
    ({ move: { before, after } }) =>
      after.isActive && after.type === 'AT_MOST_ONCE' && before.type !== 'AT_MOST_ONCE',
  );
  for (const id of await takeBack(tx, becameOnce.filter(hasBegun), 'BECAME_AT_MOST_ONCE', { now }))
    cancelled.add(id);
  // The type is checked, because an open request could otherwise be sent twice after the job became AT_MOST_ONCE.
  const resumed = openOf(
    ({ move: { before, after } }) => after.isActive && after.type === 'AT_LEAST_ONCE' && !before.isActive,
  );
  await restoreAttempts(
    tx,
    resumed.filter(({ status }) => status !== 'RETRYING'),
  );
  const kept = openOf(() => true).filter(({ id }) => !cancelled.has(id));
  await reviseOpen(tx, kept);
  await storeNextTimes(tx, planned, now);
  return [...cancelled];
}

async function storeNextTimes(tx: Queryable, planned: readonly PlannedMove[], now: Date): Promise<void> {
  const ended: number[] = [];
  const set: { jobId: number; nextExecutionTime: Date }[] = [];
  for (const { move, nextExecutionTime, isRescheduled } of planned) {
    const jobId = move.before.id;
    if (nextExecutionTime !== null) {
      if (isRescheduled) set.push({ jobId, nextExecutionTime });
    } else if (move.planned !== null) ended.push(jobId);
  }
  await deleteSchedules(tx, ended);
  await setSchedules(tx, set, now);
}
