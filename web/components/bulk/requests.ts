import { api } from '../../api/client.ts';
import type { JobsFilter, JobSummary, Operation } from '../../api/types.ts';
import { begin, dryRun } from '../operation/requests.ts';
import type { BulkAction } from './actions.ts';
import { type BulkSettings, toOperationFilter } from './target.ts';
import { HOUR_MS } from '../../time/units.ts';

const groupOf = (group: string): string | null => (group.trim() === '' ? null : group.trim());

const bodyOf = (
  action: BulkAction,
  filter: JobsFilter,
  { tag, isTagAdded, group, within, ratePerSecond }: BulkSettings,
) => ({
  action,
  filter: toOperationFilter(filter),
  ratePerSecond,
  ...(action === 'tag' && (isTagAdded ? { addTags: [tag] } : { removeTags: [tag] })),
  ...(action === 'group' && { group: groupOf(group) }),
  ...(action === 'spread' && { spread: { withinSeconds: Number(within) } }),
});

/** Counts the jobs that match, and how many of them run in the next hour. It changes nothing. */
export async function countMatching(filter: JobsFilter, signal: AbortSignal) {
  const nextBefore = new Date(Date.now() + HOUR_MS).toISOString();
  const [{ matched }, soon] = await Promise.all([
    dryRun({ action: 'pause', filter: toOperationFilter(filter) }, signal),
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

/** Starts an operation over all jobs that match, by the token of a dry run of exactly this operation. */
export async function startOperation(
  action: BulkAction,
  filter: JobsFilter,
  settings: BulkSettings,
): Promise<Operation> {
  const body = bodyOf(action, filter, settings);
  return begin(body, (await dryRun(body)).token, settings.reason);
}

/** Does the action with one job. */
export async function actOnJob(
  action: BulkAction,
  job: JobSummary,
  settings: BulkSettings,
): Promise<unknown> {
  const { reason, tag, isTagAdded, group } = settings;
  const options = { path: { id: job.id }, reason };
  switch (action) {
    case 'pause':
      return api.post('/api/v1/jobs/{id}/pause', options);
    case 'resume':
      return api.post('/api/v1/jobs/{id}/resume', options);
    case 'run':
      return api.post('/api/v1/jobs/{id}/run', options);
    case 'delete':
      return api.delete('/api/v1/jobs/{id}', options);
    case 'group':
      return api.patch('/api/v1/jobs/{id}', { ...options, body: { group: groupOf(group) } });
    // Only an operation can compute the new times.
    case 'spread':
      throw new Error('select all matching jobs to spread them');
    case 'tag': {
      const others = job.tags.filter((each) => each !== tag);
      return api.patch('/api/v1/jobs/{id}', {
        ...options,
        body: { tags: isTagAdded ? [...others, tag] : others },
      });
    }
  }
}
