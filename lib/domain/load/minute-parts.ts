import { compareGroups, type LoadGroup, peakOf, runsOf } from './groups.ts';

/** A group with its runs in a minute. */
export type MinutePart = { group: LoadGroup; runs: number };

/** Groups in the order of `compareGroups`. If `isCut`, there are more groups after the last one, in the same order. */
export type GroupList<Entry> = { entries: readonly Entry[]; isCut: boolean };

/** Finds the groups with the most runs in a minute, up to `limit`. */
export function partsOf(groups: Iterable<LoadGroup>, minuteMs: number, limit: number): MinutePart[] {
  const parts: MinutePart[] = [];
  for (const group of groups) add(parts, { group, runs: runsOf(group, minuteMs) }, limit);
  return parts;
}

/**
 * Finds the groups with the most runs in a minute in several lists. A list is read only as far as its groups may have enough runs.
 *
 * @param asked.total the runs of all groups in the minute. Undefined if they are not known exactly.
 * @param asked.open opens the entry of a list. Undefined if that is not possible.
 * @returns undefined if an entry that is needed cannot be opened, or a group that was cut off may belong to the result.
 */
export function partsOfLists<Entry>(
  lists: readonly GroupList<Entry>[],
  asked: {
    minuteMs: number;
    limit: number;
    total: number | undefined;
    open: (entry: Entry) => LoadGroup | undefined;
  },
): MinutePart[] | undefined {
  const { minuteMs, limit, total, open } = asked;
  const parts: MinutePart[] = [];
  let found = 0;
  /** Whether a group and the groups after it in its list cannot belong to the parts. */
  const isTooSmall = (group: LoadGroup): boolean => {
    const least = parts.length === limit ? parts.at(-1) : undefined;
    return least !== undefined && compareParts({ group, runs: peakOf(group) }, least) >= 0;
  };
  for (const { entries } of lists) {
    for (const entry of entries) {
      if (found === total) return parts;
      const group = open(entry);
      if (group === undefined) return undefined;
      if (isTooSmall(group)) break;
      const runs = runsOf(group, minuteMs);
      found += runs;
      add(parts, { group, runs }, limit);
    }
  }
  if (found === total) return parts;
  for (const { entries, isCut } of lists) {
    if (!isCut) continue;
    const last = entries.at(-1);
    const group = last && open(last);
    if (group === undefined || !isTooSmall(group)) return undefined;
  }
  return parts;
}

/** Orders parts: the one with the most runs first. */
const compareParts = (one: MinutePart, other: MinutePart): number =>
  other.runs - one.runs || compareGroups(one.group, other.group);

/** Adds a part in its place, unless it has no runs, or is after `limit` others. */
function add(parts: MinutePart[], part: MinutePart, limit: number): void {
  if (part.runs === 0) return;
  const place = parts.findIndex((other) => compareParts(part, other) < 0);
  if (place !== -1) parts.splice(place, 0, part);
  else if (parts.length < limit) parts.push(part);
  if (parts.length > limit) parts.pop();
}
