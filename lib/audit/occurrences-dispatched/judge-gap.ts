import { findOccurrenceBefore, findOccurrenceFrom } from './find-occurrences.ts';
import type { Queryable } from '../../db/pool.ts';
import { isSkipped } from './judge-skipped.ts';
import { firstTimeFrom, isMisfire, type Gap } from '../../domain/expected-times.ts';
import type { Expectation } from './expectation.ts';
import type { AuditSettings } from '../rule.ts';

/** During this time after the migration, ticks of the previous version may run, which record no skipped occurrences. */
const DEPLOYED_WITHIN_MS = 3_600_000;

/**
 * Decides whether missing occurrences are a fault. A schedule may skip occurrences only if no tick processed it for a long
 * time (a misfire). It then runs the latest of them, and the others are in a SKIPPED execution.
 *
 * @param options.skipsRecordedSince the instant from which skipped occurrences are recorded. Earlier misfires have no
 * record.
 */
export async function judgeGap(
  tx: Queryable,
  { job, schedule, toMs }: Expectation,
  gap: Gap,
  {
    since,
    misfireAfterMs,
    skipsRecordedSince,
  }: Pick<AuditSettings, 'since' | 'misfireAfterMs'> & { skipsRecordedSince: Date },
): Promise<'missing' | 'misfire' | 'undecided'> {
  if (!job.isRecurring) return 'missing';
  if (await isSkipped(tx, job.id, gap)) return 'misfire';
  const endedBy = await findOccurrenceFrom(tx, job.id, new Date(gap.endedByMs ?? toMs));
  if (endedBy === undefined) return 'missing';
  // The occurrence was dispatched, and perhaps withdrawn, before the job was changed. The database does not store when
  // it was dispatched again.
  if (job.revision > 1 && endedBy.createdAt <= job.updatedAt) return 'undecided';
  let { firstMs } = gap;
  if (gap.isFromStart && job.updatedAt < since) {
    // The gap may have begun before the window.
    const before = await findOccurrenceBefore(tx, job.id, new Date(firstMs));
    const lastMs = before?.executionTime.getTime() ?? job.updatedAt.getTime();
    firstMs = Math.min(firstMs, firstTimeFrom(schedule, lastMs + 1, firstMs) ?? firstMs);
  }
  const end = { endedByMs: endedBy.executionTime.getTime(), dispatchedMs: endedBy.createdAt.getTime() };
  if (!isMisfire(schedule, { firstMs, ...end }, misfireAfterMs)) return 'missing';
  if (end.dispatchedMs < skipsRecordedSince.getTime()) return 'misfire';
  return end.dispatchedMs < skipsRecordedSince.getTime() + DEPLOYED_WITHIN_MS ? 'undecided' : 'missing';
}
