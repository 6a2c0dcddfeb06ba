import type { StoredGroup, StoredList } from '../../db/upcoming-load.ts';
import type { LoadGroup } from '../../domain/load/groups.ts';
import { type ListLimits, listGroups } from '../../domain/load/list-groups.ts';
import type { LoadWindow } from '../../domain/load/load.ts';
import { compile } from './compile.ts';

export type StoreLimits = ListLimits & {
  /** The size of all lists. If they are larger, each list gets the same part of it. */
  sizeBytes: number;
};

/** A million jobs with 27,000 crons and 22,000 groups of intervals take 1 MB. */
export const storeLimits: StoreLimits = { groups: 1_000, entries: 200_000, sizeBytes: 4_000_000 };

/** Makes the lists of groups that are kept with the runs of a window. */
export function toStoredLists(
  groups: readonly LoadGroup[],
  window: LoadWindow,
  limits = storeLimits,
): StoredList[] {
  const lists = listGroups(groups, window, limits).map(({ entries, isCut }) => ({
    groups: entries.map((group) => JSON.stringify(toStored(group))),
    isCut,
  }));
  const isLarge = lists.reduce((sum, list) => sum + sizeOf(list.groups), 0) > limits.sizeBytes;
  return isLarge ? lists.map((list) => cut(list, limits.sizeBytes / lists.length)) : lists;
}

// Schedules that can be read have only ASCII characters.
const sizeOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

function cut({ groups, isCut }: StoredList, sizeBytes: number): StoredList {
  let left = sizeBytes;
  const end = groups.findIndex((text) => (left -= text.length) < 0);
  return end === -1 ? { groups, isCut } : { groups: groups.slice(0, end), isCut: true };
}

function toStored(group: LoadGroup): StoredGroup {
  const { jobs, schedule, timeZone, jobIds } = group;
  if ('cron' in group) return [jobs, schedule ?? '', timeZone ?? ''];
  return [jobs, schedule, null, ('everyMs' in group ? group.anyMs : group.minuteMs) / 1_000, jobIds[0] ?? 0];
}

/** Opens a group. Returns undefined for a schedule that this version cannot read. */
export function openStored(stored: StoredGroup): LoadGroup | undefined {
  if (stored.length === 3) {
    const [jobs, schedule, timeZone] = stored;
    const cron = compile(schedule, timeZone);
    return cron?.kind === 'cron' ? { cron, schedule, timeZone, jobs, jobIds: [] } : undefined;
  }
  const [jobs, schedule, timeZone, second, jobId] = stored;
  const source = { schedule, timeZone, jobs, jobIds: [jobId] };
  if (schedule === null) return { ...source, minuteMs: second * 1_000 };
  const interval = compile(schedule, 'UTC');
  if (interval?.kind !== 'interval') return undefined;
  return { ...source, everyMs: interval.everyMs, anyMs: second * 1_000 };
}
