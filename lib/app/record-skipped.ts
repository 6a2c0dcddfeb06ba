import type { Queryable } from '../db/pool.ts';
import { insertSkipped } from '../db/skipped-executions.ts';
import type { Dispatcher } from '../domain/execution-record.ts';
import { type SkippedOccurrences, withoutLast } from '../domain/occurrences.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';

/** The most occurrences at the end that may have executions. More means that all of them have one. */
const MAX_ROUNDS = 10;

/** The occurrences of a job that a misfire leaves out. */
export type SkippedOfJob = {
  jobId: number;
  jobRevision: number;
  schedule: string;
  timeZone: string;
  skipped: SkippedOccurrences;
};

/**
 * Records occurrences that are left out, so that no occurrence is missing without a reason. Call it in the transaction that
 * advances the schedules.
 *
 * The record takes the place of the last occurrence. If that has an execution, because a caller cancelled it, the record is about
 * the occurrences before it.
 */
export async function recordSkipped(
  tx: Queryable,
  skipped: readonly SkippedOfJob[],
  now: Date,
  by: Dispatcher,
): Promise<void> {
  let open = skipped;
  for (let round = 0; round < MAX_ROUNDS && open.length > 0; round += 1) {
    const recorded = await insertSkipped(
      tx,
      open.map(({ jobId, jobRevision, skipped: { firstMs, lastMs, count } }) => ({
        jobId,
        jobRevision,
        first: new Date(firstMs),
        last: new Date(lastMs),
        count,
      })),
      now,
      by,
    );
    open = open.flatMap((one) => {
      if (recorded.has(one.jobId)) return [];
      const rest = withoutLast(compileSchedule(one.schedule, one.timeZone), one.skipped);
      return rest === undefined ? [] : [{ ...one, skipped: rest }];
    });
  }
}
