import type { Finding, Report } from './rule.ts';

/** A part of a walk. Without a `last` position it was the end. */
export type Page<Position, Found> = { read: number; last: Position | undefined; found: Found[] };

/** A place in an index of instants. */
export type Position = { at: Date; id: number };

/** Reads pages from a position on, until there are no more or the report is full. */
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

/** Reports what a statement has found; with more of it than one may be reported, there is more. */
export function reportAll<Found>(
  report: Report,
  found: readonly Found[],
  toFinding: (row: Found) => Finding,
): void {
  report.read(found.length);
  for (const row of found) report.finding(toFinding(row));
}
