import { compareTimes, firstTimeFrom } from '../../domain/expected-times.ts';
import type { Queryable } from '../../db/pool.ts';
import type { AuditSettings, KnownOccurrences, Report } from '../rule.ts';
import { describeGap } from './describe-gap.ts';
import { describeWrongSkip, isSkipped } from './judge-skipped.ts';
import { JOBS_PER_STATEMENT, readOccurrences } from './read-occurrences.ts';

/** Before every occurrence. */
const START = new Date(0);

/**
 * Compares the occurrences that an observer knows with the stored ones: none is missing that no SKIPPED execution counts, and there
 * is no other.
 */
export async function compareKnown(tx: Queryable, settings: AuditSettings, report: Report): Promise<void> {
  const known = (settings.journal?.occurrences ?? []).map((one) => ({
    ...one,
    from: START,
    to: settings.until,
    comparison: compareTimes(one.schedule, { ...one, toMs: Math.min(one.toMs, settings.until.getTime()) }),
  }));
  for (let at = 0; at < known.length && !report.isFull(); at += JOBS_PER_STATEMENT) {
    const some = known.slice(at, at + JOBS_PER_STATEMENT);
    await readOccurrences(tx, some, { settings, report }, (one, page) => {
      const times = page.map(({ executionTime }) => executionTime.getTime());
      one.comparison.feed(times);
      const { misfireAfterMs } = settings;
      for (const occurrence of page) {
        const { executionTime } = occurrence;
        const { jobId, schedule, firstMs: fromMs } = one;
        const detail = describeWrongSkip(occurrence, { page, schedule, fromMs, misfireAfterMs });
        if (detail !== undefined) report.finding({ jobId, executionTime, detail });
      }
      for (const ms of times.filter((ms) => !isOfSchedule(ms, one))) {
        const executionTime = new Date(ms);
        report.finding({ jobId: one.jobId, executionTime, detail: 'its schedule has no such time' });
      }
    });
    for (const { jobId, comparison } of some) {
      for (const gap of comparison.end()) {
        if (await isSkipped(tx, jobId, gap)) continue;
        report.finding({ jobId, executionTime: new Date(gap.firstMs), detail: describeGap(gap) });
      }
    }
  }
}

const isOfSchedule = (ms: number, { schedule, firstMs }: KnownOccurrences): boolean =>
  ms >= firstMs && firstTimeFrom(schedule, ms, firstMs) === ms;
