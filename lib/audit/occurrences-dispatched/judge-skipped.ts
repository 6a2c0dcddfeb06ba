import type { Queryable } from '../../db/pool.ts';
import { type Gap, isMisfire } from '../../domain/expected-times.ts';
import { countTimes } from '../../domain/schedule/count-times.ts';
import { nextTimeAfter } from '../../domain/schedule/next-time.ts';
import type { Schedule } from '../../domain/schedule/schedule.ts';
import { findSkippedFrom, type Occurrence } from './find-occurrences.ts';

/** Tells whether a SKIPPED execution stands for all occurrences of a gap. */
export async function isSkipped(tx: Queryable, jobId: number, { firstMs, lastMs }: Gap): Promise<boolean> {
  const skipped = await findSkippedFrom(tx, jobId, new Date(lastMs));
  return skipped?.skippedFrom != null && skipped.skippedFrom.getTime() <= firstMs;
}

/**
 * Compares a SKIPPED execution with its schedule, and says what is wrong: its count, or that there was no misfire. Undefined
 * if it is right, or not SKIPPED.
 *
 * @param fromMs the instant from which the job has the schedule. It judges no execution of an earlier occurrence.
 */
export function describeWrongSkip(
  { executionTime, createdAt, skippedFrom, skippedCount }: Occurrence,
  { schedule, fromMs, misfireAfterMs }: { schedule: Schedule; fromMs: number; misfireAfterMs: number },
): string | undefined {
  if (skippedFrom === null || skippedFrom.getTime() < fromMs) return undefined;
  const [firstMs, lastMs] = [skippedFrom.getTime(), executionTime.getTime()];
  const count = countTimes(schedule, firstMs, lastMs);
  if (skippedCount !== count) {
    return `it counts ${skippedCount} skipped occurrences, but its schedule has ${count} from ${skippedFrom.toISOString()} on`;
  }
  const insteadMs = nextTimeAfter(schedule, lastMs);
  const dispatchedMs = createdAt.getTime();
  const isOne =
    insteadMs !== undefined &&
    isMisfire(schedule, { firstMs, endedByMs: insteadMs, dispatchedMs }, misfireAfterMs);
  return isOne ? undefined : `it was skipped at ${createdAt.toISOString()}, which was not a misfire`;
}
