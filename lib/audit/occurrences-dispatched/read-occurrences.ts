import type { Queryable } from '../../db/pool.ts';
import type { AuditSettings, Report } from '../rule.ts';
import { listOccurrences, type Occurrence, type OccurrenceRange } from './find-occurrences.ts';

/** The number of jobs whose occurrences one statement reads. */
export const JOBS_PER_STATEMENT = 100;

/** Reads the occurrences of ranges page by page. All jobs that have more occurrences to read share a page. */
export async function readOccurrences<Range extends OccurrenceRange>(
  tx: Queryable,
  ranges: readonly Range[],
  { settings, report }: { settings: Pick<AuditSettings, 'rowsPerPage'>; report: Report },
  use: (range: Range, page: readonly Occurrence[]) => void,
): Promise<void> {
  let open = ranges.map((range) => ({ range, from: range.from }));
  while (open.length > 0 && !report.isFull()) {
    const limit = Math.ceil(settings.rowsPerPage / open.length);
    const pages = await listOccurrences(
      tx,
      open.map(({ range: { jobId, to }, from }) => ({ jobId, from, to })),
      limit,
    );
    open = open.flatMap(({ range }) => {
      const page = pages.get(range.jobId) ?? [];
      report.read(page.length);
      use(range, page);
      const last = page.length < limit ? undefined : page.at(-1);
      return last === undefined ? [] : [{ range, from: new Date(last.executionTime.getTime() + 1) }];
    });
  }
}
