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
/** The last occurrence matters where it is near the next one: no zone moves its clock by more than a day. */
const LAST_WITHIN_MS = 2 * DAY_MS;

export type AdoptZoneData = (options: { untilMs: number }) => Promise<void>;

/**
 * After an update of the time zone data, computes the stored next times anew that their zone no longer contains. It goes through
 * the schedules in the order of their jobs, a batch a transaction, and a later tick goes on where the time ends. Ticks at the same
 * time leave it to one of them. What was dispatched ahead by then keeps its instant.
 */
export function makeAdoptZoneData(deps: {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  /** The release that next times are computed by. */
  version: string;
}): AdoptZoneData {
  const { pool, clock, logger, version } = deps;

  /** Returns whether there is more to do, and nobody else does it. */
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
    // Nearly every tick ends here.
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
  // A statement of its own, after the lock: it sees every change that was committed before the lock was had.
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

/** Undefined where time zone data play no part, or the schedule cannot be read. */
function readZoned(job: { schedule: string; timeZone: string } | undefined): Schedule | undefined {
  if (job === undefined || /^(?:etc\/)?utc$/i.test(job.timeZone)) return undefined;
  try {
    return compileSchedule(job.schedule, job.timeZone);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return undefined;
    throw error;
  }
}
