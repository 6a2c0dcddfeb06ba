import { compareKnown } from './compare-known.ts';
import type { Occurrence } from './find-occurrences.ts';
import { listActiveJobs, type AuditedJob } from '../active-jobs.ts';
import type { Queryable } from '../../db/pool.ts';
import { readZoneData } from '../../db/zone-data.ts';
import { compareTimes, type TimeComparison } from '../../domain/expected-times.ts';
import { expectOccurrences, type Expectation } from './expectation.ts';
import { judgeGap } from './judge-gap.ts';
import { describeGap } from './describe-gap.ts';
import { JOBS_PER_STATEMENT, readOccurrences } from './read-occurrences.ts';
import type { AuditRule, AuditSettings, Report } from '../rule.ts';
import { walk } from '../walk.ts';

/** The rule does not look for duplicates. The database prevents them: see the rule `constraints-in-force`. */
export const occurrencesDispatched: AuditRule = {
  name: 'occurrences-dispatched',
  promise: 'every occurrence of a job has an execution',
  check: async (tx, settings, report) => {
    const { changedAt: zoneDataChangedAt } = await readZoneData(tx);
    await walk(
      report,
      0,
      (after) => listActiveJobs(tx, after, settings.rowsPerPage),
      async (jobs) => {
        const expected = jobs.flatMap((job) => expectOf(job, { ...settings, zoneDataChangedAt }, report));
        for (let at = 0; at < expected.length && !report.isFull(); at += JOBS_PER_STATEMENT) {
          await compare(tx, expected.slice(at, at + JOBS_PER_STATEMENT), settings, report);
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

/** Compares expected and stored occurrences page by page. */
async function compare(
  tx: Queryable,
  expected: readonly Expectation[],
  settings: AuditSettings,
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
    comparePage(expectation, comparison, page, report),
  );
  for (const { expectation, comparison } of compared) {
    if (report.isFull()) return;
    await reportGaps(tx, expectation, comparison, settings, report);
  }
}

/**
 * Reports withdrawn occurrences that the current schedule contains: they should have been dispatched again. Withdrawn
 * occurrences of an earlier schedule are correct.
 */
function comparePage(
  { job }: Expectation,
  comparison: TimeComparison,
  page: readonly Occurrence[],
  report: Report,
): void {
  const wanted = new Set(comparison.feed(page.map(({ executionTime }) => executionTime.getTime())));
  for (const { executionTime, status } of page) {
    if (status !== 'CANCELLED' || !wanted.has(executionTime.getTime())) continue;
    report.finding({ jobId: job.id, executionTime, detail: 'it was withdrawn and never dispatched again' });
  }
}

async function reportGaps(
  tx: Queryable,
  expectation: Expectation,
  comparison: TimeComparison,
  settings: AuditSettings,
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
