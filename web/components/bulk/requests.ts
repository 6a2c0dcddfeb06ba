import { api } from '../../api/client.ts';
import type { JobsFilter, Operation } from '../../api/types.ts';
import { begin, dryRun } from '../operation/requests.ts';
import type { BulkAction } from './actions.ts';
import { type BulkSettings, type BulkTarget, toOperationFilter } from './target.ts';
import { HOUR_MS } from '../../time/units.ts';

const groupOf = (group: string): string | null => (group.trim() === '' ? null : group.trim());

const bodyOf = (
  action: BulkAction,
  target: BulkTarget,
  { tag, isTagAdded, group, within, ratePerSecond }: BulkSettings,
) => ({
  action,
  filter: toOperationFilter(target),
  ratePerSecond,
  ...(action === 'tag' && (isTagAdded ? { addTags: [tag] } : { removeTags: [tag] })),
  ...(action === 'group' && { group: groupOf(group) }),
  ...(action === 'spread' && { spread: { withinSeconds: Number(within) } }),
});

/** Counts the jobs that match, and how many of them run in the next hour. It changes nothing. */
export async function countMatching(filter: JobsFilter, signal: AbortSignal) {
  const nextBefore = new Date(Date.now() + HOUR_MS).toISOString();
  const [{ matched }, soon] = await Promise.all([
    dryRun({ action: 'pause', filter: toOperationFilter({ kind: 'matching', filter }) }, signal),
    filter.nextBefore === undefined
      ? api.get('/api/v1/jobs', { query: { ...filter, nextBefore, limit: 1, count: 'true' }, signal })
      : undefined,
  ]);
  return {
    matched,
    soon:
      soon?.total === undefined ? undefined : { count: soon.total, isCapped: soon.totalIsCapped === true },
  };
}

/** Starts an operation over the jobs, by the token of a dry run of exactly this operation. */
export async function startOperation(
  action: BulkAction,
  target: BulkTarget,
  settings: BulkSettings,
): Promise<Operation> {
  const body = bodyOf(action, target, settings);
  return begin(body, (await dryRun(body)).token, settings.reason);
}
