import { compareKnown } from './compare-known.ts';
import { findSkipsRecordedSince, type Occurrence } from './find-occurrences.ts';
import { listActiveJobs, type AuditedJob } from '../active-jobs.ts';
import type { Queryable } from '../../db/pool.ts';
import { readZoneData } from '../../db/zone-data.ts';
import { compareTimes, type TimeComparison } from '../../domain/expected-times.ts';
import { expectOccurrences, type Expectation } from './expectation.ts';
import { judgeGap } from './judge-gap.ts';
import { describeGap } from './describe-gap.ts';
import { describeWrongSkip } from './judge-skipped.ts';
import { JOBS_PER_STATEMENT, readOccurrences } from './read-occurrences.ts';
import type { AuditRule, AuditSettings, Report } from '../rule.ts';
import { walk } from '../walk.ts';

/** The rule does not look for duplicates. The database prevents them: see the rule `constraints-in-force`. */
export const occurrencesDispatched: AuditRule = {
  name: 'occurrences-dispatched',
  promise: 'every occurrence of a job has an execution, or is counted in a SKIPPED one after a misfire',
  check: async (tx, settings, report) => {
    const { changedAt: zoneDataChangedAt } = await readZoneData(tx);
    const skipsRecordedSince = await findSkipsRecordedSince(tx);
    await walk(
      report,
      0,
      (after) => listActiveJobs(tx, after, settings.rowsPerPage),
      async (jobs) => {
        const expected = jobs.flatMap((job) => expectOf(job, { ...settings, zoneDataChangedAt }, report));
        for (let at = 0; at < expected.length && !report.isFull(); at += JOBS_PER_STATEMENT) {
          await compare(
            tx,
            expected.slice(at, at + JOBS_PER_STATEMENT),
            { ...settings, skipsRecordedSince },
            report,
          );
        }
      },
    );
    await compareKnown(tx, settings, report);
  },
};

function expectOf(
  job: AuditedJob,
  settings: AuditSettings & { zoneDataChangedAt: Date | null },
  report: Report,
): Expectation[] {
  const expectation = expectOccurrences(job, settings);
  if (typeof expectation === 'object') return [expectation];
  if (expectation === 'unreadable') report.finding({ jobId: job.id, detail: 'its schedule cannot be read' });
  if (expectation === 'undecided') report.undecided();
  return [];
}

type Settings = AuditSettings & { skipsRecordedSince: Date };

/** Compares expected and stored occurrences page by page. */
async function compare(
  tx: Queryable,
  expected: readonly Expectation[],
  settings: Settings,
  report: Report,
): Promise<void> {
  const compared = expected.map((expectation) => ({
    jobId: expectation.job.id,
    from: new Date(expectation.firstMs),
    to: new Date(expectation.toMs),
    expectation,
    comparison: compareTimes(expectation.schedule, {
      ...expectation,
      isRecurring: expectation.job.isRecurring,
    }),
  }));
  await readOccurrences(tx, compared, { settings, report }, ({ expectation, comparison }, page) =>
    comparePage(expectation, comparison, page, { settings, report }),
  );
  for (const { expectation, comparison } of compared) {
    if (report.isFull()) return;
    await reportGaps(tx, expectation, comparison, settings, report);
  }
}

/**
 * Reports withdrawn occurrences that the current schedule contains: they should have been dispatched again. Withdrawn
 * occurrences of an earlier schedule are correct. Reports skipped occurrences that were counted wrong or were not a misfire.
 */
function comparePage(
  { job, schedule, firstMs }: Expectation,
  comparison: TimeComparison,
  page: readonly Occurrence[],
  { settings: { misfireAfterMs }, report }: { settings: Settings; report: Report },
): void {
  const wanted = new Set(comparison.feed(page.map(({ executionTime }) => executionTime.getTime())));
  for (const occurrence of page) {
    const { executionTime, status } = occurrence;
    if (!wanted.has(executionTime.getTime())) continue;
    const detail =
      status === 'CANCELLED'
        ? 'it was withdrawn and never dispatched again'
        : describeWrongSkip(occurrence, { page, schedule, fromMs: firstMs, misfireAfterMs });
    if (detail !== undefined) report.finding({ jobId: job.id, executionTime, detail });
  }
}

async function reportGaps(
  tx: Queryable,
  expectation: Expectation,
  comparison: TimeComparison,
  settings: Settings,
  report: Report,
): Promise<void> {
  for (const gap of comparison.end()) {
    // Missing occurrences count as rows read, because it takes time to look for them.
    report.read(gap.count);
    const verdict = await judgeGap(tx, expectation, gap, settings);
    if (verdict === 'undecided') report.undecided();
    if (verdict !== 'missing') continue;
    report.finding({
      jobId: expectation.job.id,
      executionTime: new Date(gap.firstMs),
      detail: describeGap(gap),
    });
  }
}
