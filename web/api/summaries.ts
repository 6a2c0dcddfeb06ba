import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api } from './client.ts';
import type { NamedJob } from './types.ts';

/** The most jobs that one request summarizes. */
const MAX_JOBS = 100;

export const summariesQuery = (ids: readonly number[], runs: number) => {
  const sorted = [...new Set(ids)].sort((one, other) => one - other).slice(0, MAX_JOBS);
  return queryOptions({
    queryKey: ['jobs', 'summaries', runs, sorted],
    queryFn: ({ signal }) =>
      api.get('/api/v1/jobs/summaries', { query: { ids: sorted.join(','), runs }, signal }),
    enabled: sorted.length > 0,
    placeholderData: keepPreviousData,
  });
};

const NAMES_STALE_MS = 60_000;

/** The names of jobs, deleted ones included, by their ids. */
export function useJobNames(ids: readonly number[]): ReadonlyMap<number, NamedJob> {
  const { data } = useQuery({ ...summariesQuery(ids, 0), staleTime: NAMES_STALE_MS });
  return new Map(data?.items.map((job) => [job.id, job]));
}
