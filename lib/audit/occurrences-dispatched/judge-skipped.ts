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
 * @param around.page the stored occurrences around it, in ascending order.
 * @param around.fromMs the instant from which the job has the schedule. It judges no execution of an earlier occurrence.
 */
export function describeWrongSkip(
  occurrence: Occurrence,
  around: { page: readonly Occurrence[]; schedule: Schedule; fromMs: number; misfireAfterMs: number },
): string | undefined {
  const { executionTime, createdAt, skippedFrom, skippedCount } = occurrence;
  const { page, schedule, fromMs, misfireAfterMs } = around;
  if (skippedFrom === null || skippedFrom.getTime() < fromMs) return undefined;
  const [firstMs, lastMs] = [skippedFrom.getTime(), executionTime.getTime()];
  const count = countTimes(schedule, firstMs, lastMs);
  if (skippedCount !== count) {
    return `it counts ${skippedCount} skipped occurrences, but its schedule has ${count} from ${skippedFrom.toISOString()} on`;
  }
  const gap = wholeMisfire(occurrence, page, schedule);
  const isOne = gap !== undefined && isMisfire(schedule, gap, misfireAfterMs);
  return isOne ? undefined : `it was skipped at ${createdAt.toISOString()}, which was not a misfire`;
}

/**
 * The misfire that an execution is about. Occurrences that had an execution before, because a caller had cancelled them, divide it
 * into several executions, which were written at once.
 */
function wholeMisfire(
  { executionTime, createdAt }: Occurrence,
  page: readonly Occurrence[],
  schedule: Schedule,
): { firstMs: number; endedByMs: number; dispatchedMs: number } | undefined {
  const dispatchedMs = createdAt.getTime();
  const parts = page.filter(
    (other) => other.skippedFrom !== null && other.createdAt.getTime() === dispatchedMs,
  );
  const firstMs = Math.min(...parts.map(({ skippedFrom }) => skippedFrom?.getTime() ?? Infinity));
  const lastMs = Math.max(executionTime.getTime(), ...parts.map((part) => part.executionTime.getTime()));
  const before = new Set(
    page
      .filter((other) => other.createdAt.getTime() < dispatchedMs)
      .map((other) => other.executionTime.getTime()),
  );
  let endedByMs = nextTimeAfter(schedule, lastMs);
  while (endedByMs !== undefined && before.has(endedByMs)) {
    const nextMs = nextTimeAfter(schedule, endedByMs);
    // The latest missed occurrence had an execution, too, so that none was dispatched instead.
    if (nextMs === undefined || nextMs > dispatchedMs) break;
    endedByMs = nextMs;
  }
  return endedByMs === undefined ? undefined : { firstMs, endedByMs, dispatchedMs };
}
