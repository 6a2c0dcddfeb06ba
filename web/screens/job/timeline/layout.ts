import type { Mark } from './marks.ts';
import { makeScale, type Scale } from './scale.ts';

/**
 * `reach` is how far before `x` its first occurrence lies; 0 for a single one. `tail` is how far after `x` its next or last retry
 * was due; 0 without retries.
 */
export type PlacedMark = Mark & { x: number; row: number; whisker: number; reach: number; tail: number };

/** Marks that are closer than this lie below each other. */
const APART = 11;
const MAX_ROWS = 4;

/** Where the marks lie: at their instants, and below each other where those are too close. */
export function placeMarks(marks: readonly Mark[], x: (atMs: number) => number): PlacedMark[] {
  const ends: number[] = [];
  const lastMs = endOfScale(marks) ?? 0;
  return marks.map((mark) => {
    const at = x(mark.atMs);
    // The first occurrence may be before the scale.
    const start = mark.skipped === null ? at : x(Math.max(mark.skipped.firstMs, marks[0]?.atMs ?? 0));
    const free = ends.findIndex((end) => start - end >= APART);
    const row = free === -1 ? Math.min(ends.length, MAX_ROWS - 1) : free;
    // The next retry may be after the scale. A row that holds the marks without room has no lines.
    const isCrowded = free === -1 && ends.length === MAX_ROWS;
    const tail =
      mark.retries === null || isCrowded ? 0 : Math.max(0, x(Math.min(mark.retries.dueMs, lastMs)) - at);
    ends[row] = at + tail;
    const whisker = row === 0 ? whiskerOf(mark.latenessMs) : 0;
    return { ...mark, x: at, row, whisker, reach: at - start, tail };
  });
}

const PER_DECADE = 6;
const MAX_WHISKER = 32;

/** Lateness goes from milliseconds to hours, so its whisker grows by the same length with each power of ten. */
export function whiskerOf(latenessMs: number | null): number {
  if (latenessMs === null || latenessMs < 1) return 0;
  return Math.min(MAX_WHISKER, 2 + PER_DECADE * Math.log10(latenessMs));
}

/** The instant of the last mark. A future retry counts only if no run is upcoming: its wait may be longer than the scale. */
function endOfScale(marks: readonly Mark[]): number | undefined {
  const last = marks.at(-1);
  if (last === undefined || last.state === 'coming') return last?.atMs;
  return Math.max(...marks.map(({ atMs, retries }) => retries?.dueMs ?? atMs), last.atMs);
}

/** The scale from the first mark to the last. */
export const scaleOf = (
  marks: readonly Mark[],
  nowMs: number,
  edges: { left: number; right: number },
): Scale => makeScale({ fromMs: marks[0]?.atMs, nowMs, untilMs: endOfScale(marks) }, edges);

const PAD = 14;

/** Where the scale begins and ends in a drawing. */
export const edgesOf = (width: number) => ({ left: PAD, right: width - PAD });

/** A line that is shorter would be hidden by its mark. */
export const LEAST_TAIL = 9;

/** Whether a drawing of this width has lines to retries. */
export function hasTails(marks: readonly Mark[], nowMs: number, width: number): boolean {
  const { x } = scaleOf(marks, nowMs, edgesOf(width));
  return placeMarks(marks, x).some(({ tail }) => tail > LEAST_TAIL);
}

/** Whether the past and the future differ so much in length that each has a scale of its own. */
export const hasTwoScales = (marks: readonly Mark[], nowMs: number): boolean =>
  scaleOf(marks, nowMs, { left: 0, right: 1 }).segments.length > 1;

/** Where a schedule ends: after the only occurrence of a job that does not recur. */
export const endOf = (marks: readonly Mark[], isRecurring: boolean): number | undefined =>
  isRecurring ? undefined : marks.findLast(({ isScheduled }) => isScheduled)?.atMs;
