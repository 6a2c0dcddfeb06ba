/**
 * What a count stands for: `all` jobs, jobs without a group (`none`), one group (`group:NAME`), or the groups above the limit
 * together (`other`).
 */
export type Series = 'all' | GroupSeries;
export type GroupSeries = 'none' | 'other' | `group:${string}`;

/** The name of the groups above the limit. A group of this name is one of them. */
export const OTHER_GROUPS = '(other)';

/** Maximum number of groups with counts of their own. It bounds the tables, and the size of the metrics. */
export const MAX_GROUPS = 100;

/** A group frees its place for another one when it had no outcome for this time. */
export const GROUP_EXPIRES_AFTER_DAYS = 31;

/** Returns the series of a group; `null` stands for jobs without a group. */
export function seriesOfGroup(group: string | null): GroupSeries {
  if (group === null) return 'none';
  return group === OTHER_GROUPS ? 'other' : `group:${group}`;
}

/** Returns the group of a series, as an answer shows it; an empty string for jobs without a group. */
export function groupOfSeries(series: GroupSeries): string {
  if (series === 'none') return '';
  return series === 'other' ? OTHER_GROUPS : series.slice('group:'.length);
}

const isGroup = (series: string): boolean => series.startsWith('group:');

/**
 * Makes a function that returns the series under which a group is counted. While the maximum is not reached, a new group
 * gets its own series.
 */
export function makeAdmitGroup(known: Iterable<string>): (group: string | null) => GroupSeries {
  const groups = new Set([...known].filter(isGroup));
  return (group) => {
    const series = seriesOfGroup(group);
    if (!isGroup(series) || groups.has(series)) return series;
    if (groups.size >= MAX_GROUPS) return 'other';
    groups.add(series);
    return series;
  };
}
