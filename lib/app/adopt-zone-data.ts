import type { Clock } from '../domain/clock.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import { isNextTime, moveTime } from '../domain/schedule/move-time.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import { continuePass } from '../domain/zone-data-pass.ts';
import { advanceSchedules, type DueSchedule } from '../db/job-schedules.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import {
  findLastDispatched,
  findScheduleTexts,
  lockSchedulesAfter,
  lockZoneData,
  readZoneData,
  saveZoneData,
  type StandingSchedule,
} from '../db/zone-data.ts';
import type { Logger } from '../logger.ts';
import { DAY_MS } from '../domain/day.ts';

const SCHEDULES_PER_BATCH = 500;
/**
 * Looks this far back for the last occurrence. Earlier ones do not matter: no zone moves its clock by more than a day.
 */
const LAST_WITHIN_MS = 2 * DAY_MS;

export type AdoptZoneData = (options: { untilMs: number }) => Promise<void>;

/**
 * Corrects stored next execution times that are no longer right after an update of the time zone data. It processes the
 * schedules in the order of their job ids, one batch per transaction. When the time runs out, a later tick continues.
 * When several ticks run at the same time, only one does this work. Executions that were dispatched ahead keep their
 * time.
 */
export function makeAdoptZoneData(deps: {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  /** The release of the time zone data that computes next execution times. */
  version: string;
}): AdoptZoneData {
  const { pool, clock, logger, version } = deps;

  /** Processes one batch. Returns whether there is more to do that no other tick is doing. */
  const step = (): Promise<boolean> =>
    inTransaction(pool, async (tx) => {
      const stored = await lockZoneData(tx);
      if (stored === undefined) return false;
      const now = new Date(clock.nowMs());
      const pass = continuePass(stored, version, now);
      if (pass.version !== stored.version) {
        logger.info('time_zone_data_changed', { from: stored.version, to: version });
      }
      if (pass.version !== version || pass.passJobId === null) {
        if (pass !== stored) await saveZoneData(tx, { ...stored, ...pass });
        return false;
      }
      const standing = await lockSchedulesAfter(tx, pass.passJobId, SCHEDULES_PER_BATCH);
      const moved = await findMoved(tx, standing, now);
      await advanceSchedules(tx, moved);
      if (moved.length > 0) logger.info('next_times_moved', { jobIds: moved.map(({ jobId }) => jobId) });
      const passJobId = standing.length < SCHEDULES_PER_BATCH ? null : (standing.at(-1)?.jobId ?? null);
      await saveZoneData(tx, {
        ...pass,
        passJobId,
        changedAt: moved.length > 0 ? now : stored.changedAt,
      });
      return passJobId !== null;
    });

  return async ({ untilMs }) => {
    // Nearly every tick returns here, without a lock.
    const stored = await readZoneData(pool);
    const pass = continuePass(stored, version, new Date(clock.nowMs()));
    if (pass.passJobId === null && pass === stored) return;
    let hasMore = true;
    while (hasMore && clock.nowMs() < untilMs) hasMore = await step();
  };
}

async function findMoved(
  tx: Queryable,
  standing: readonly StandingSchedule[],
  now: Date,
): Promise<DueSchedule[]> {
  // This is a separate statement after the lock, so that it sees every change that was committed before the lock was
  // taken.
  const texts = await findScheduleTexts(
    tx,
    standing.map(({ jobId }) => jobId),
  );
  const doubtful = standing.flatMap((standingOne) => {
    const schedule = readZoned(texts.get(standingOne.jobId));
    if (schedule === undefined) return [];
    const isKept = isNextTime(schedule, standingOne.nextExecutionTime.getTime(), now.getTime());
    return isKept ? [] : [{ ...standingOne, schedule }];
  });
  if (doubtful.length === 0) return [];
  const last = await findLastDispatched(
    tx,
    doubtful.map(({ jobId }) => jobId),
    new Date(now.getTime() - LAST_WITHIN_MS),
  );
  return doubtful.flatMap(({ jobId, schedule, nextExecutionTime, createdAt }) => {
    const movedMs = moveTime(schedule, {
      storedMs: nextExecutionTime.getTime(),
      lastMs: last.get(jobId)?.getTime() ?? -Infinity,
      sinceMs: createdAt.getTime(),
      nowMs: now.getTime(),
    });
    return movedMs === nextExecutionTime.getTime() ? [] : [{ jobId, nextExecutionTime: new Date(movedMs) }];
  });
}

/** Returns undefined if the schedule is in UTC, which needs no time zone data, or is no longer valid. */
function readZoned(job: { schedule: string; timeZone: string } | undefined): Schedule | undefined {
  if (job === undefined || /^(?:etc\/)?utc$/i.test(job.timeZone)) return undefined;
  try {
    return compileSchedule(job.schedule, job.timeZone);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return undefined;
    throw error;
  }
}
