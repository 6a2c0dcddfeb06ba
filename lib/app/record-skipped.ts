import type { Queryable } from '../db/pool.ts';
import {
  deleteReplaced,
  findStoredOccurrences,
  insertSkipped,
  type NewSkipped,
  type StoredOccurrence,
} from '../db/skipped-executions.ts';
import type { Dispatcher } from '../domain/execution-record.ts';
import type { SkippedOccurrences } from '../domain/occurrences.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { isSkippedTime, splitAfter, splitSkipped } from '../domain/skipped-runs.ts';

/** How many executions of a job are read at once. */
const STORED_PER_ROUND = 1_000;

/** The occurrences of a job that a misfire leaves out. */
export type SkippedOfJob = {
  jobId: number;
  jobRevision: number;
  schedule: string;
  timeZone: string;
  skipped: SkippedOccurrences;
};

/**
 * Records occurrences that are left out, so that no occurrence is missing without a reason, and none is counted twice. Call it in the
 * transaction that advances the schedules.
 *
 * Consecutive occurrences share a record, which takes the place of the last one. An occurrence that has an execution, because a caller
 * cancelled it ahead, ends a record, and the next occurrence begins another one.
 */
export async function recordSkipped(
  tx: Queryable,
  skipped: readonly SkippedOfJob[],
  now: Date,
  by: Dispatcher,
  storedPerRound = STORED_PER_ROUND,
): Promise<void> {
  let open = skipped;
  while (open.length > 0) {
    const ranges = open.map(({ jobId, skipped: { firstMs, lastMs } }) => ({ jobId, firstMs, lastMs }));
    const stored = await findStoredOccurrences(tx, ranges, storedPerRound);
    const rounds = open.map((one) => planRound(one, stored.get(one.jobId) ?? [], storedPerRound));
    await deleteReplaced(
      tx,
      rounds.flatMap(({ replaced }) => replaced),
    );
    await insertSkipped(
      tx,
      rounds.flatMap(({ records }) => records),
      now,
      by,
    );
    open = rounds.flatMap(({ rest }) => rest);
  }
}

type Round = { records: NewSkipped[]; replaced: StoredOccurrence[]; rest: SkippedOfJob[] };

/** @param stored the first executions among the occurrences of the job. If there may be more, the occurrences after them are the rest. */
function planRound(one: SkippedOfJob, stored: readonly StoredOccurrence[], most: number): Round {
  const { jobId, jobRevision, skipped } = one;
  const schedule = compileSchedule(one.schedule, one.timeZone);
  const ofSchedule = stored.filter(({ executionTime }) =>
    isSkippedTime(schedule, skipped, executionTime.getTime()),
  );
  const takenMs = ofSchedule
    .filter(({ isReplaceable }) => !isReplaceable)
    .map(({ executionTime }) => executionTime.getTime());
  const lastStored = stored.length < most ? undefined : stored.at(-1);
  const { done, rest } = splitAfter(schedule, skipped, lastStored?.executionTime.getTime());
  return {
    replaced: ofSchedule.filter(({ isReplaceable }) => isReplaceable),
    records: splitSkipped(schedule, done, takenMs).map(({ firstMs, lastMs, count }) => ({
      jobId,
      jobRevision,
      first: new Date(firstMs),
      last: new Date(lastMs),
      count,
    })),
    rest: rest === undefined ? [] : [{ ...one, skipped: rest }],
  };
}
