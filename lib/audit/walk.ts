import type { Finding, Report } from './rule.ts';

/** One page of a walk. The last page has no `last` position. */
export type Page<Position, Found> = { read: number; last: Position | undefined; found: Found[] };

/** A place in an index of instants. */
export type Position = { at: Date; id: number };

/**
 * Makes a page of the rows of a statement. Each row tells how many rows the statement read and the last one's id, and contains what
 * it found, with nulls if it found nothing.
 */
export function toPage<Found>(
  rows: readonly (Found & { read: number; last: number | null })[],
  { limit, isFound }: { limit: number; isFound: (row: Found) => boolean },
): Page<number, Found> {
  const { read = 0, last = null } = rows[0] ?? {};
  return {
    read,
    last: read < limit || last === null ? undefined : last,
    found: rows.filter((row) => isFound(row)),
  };
}

/** Reads pages after a position, until there are no more pages or the report is full. */
export async function walk<Position, Found>(
  report: Report,
  start: Position,
  readPage: (after: Position) => Promise<Page<Position, Found>>,
  use: (found: Found[]) => void | Promise<void>,
): Promise<void> {
  let position: Position | undefined = start;
  while (position !== undefined && !report.isFull()) {
    const page: Page<Position, Found> = await readPage(position);
    report.read(page.read);
    await use(page.found);
    position = page.last;
  }
}

/**
 * Reports each row that a statement found. Callers query one row more than the report takes, so that the report shows that
 * there are more.
 */
export function reportAll<Found>(
  report: Report,
  found: readonly Found[],
  toFinding: (row: Found) => Finding,
): void {
  report.read(found.length);
  for (const row of found) report.finding(toFinding(row));
}
