import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Answer, api } from '../../api/client.ts';
import type { Operation } from '../../api/types.ts';

export const failureQuery = (id: string) =>
  queryOptions({
    queryKey: ['failures', 'one', id],
    queryFn: ({ signal }) => api.get('/api/v1/failures/{id}', { path: { id }, signal }),
  });

export type FailedJobsPage = Answer<'/api/v1/failures/{id}/jobs', 'get'>;

/** Jobs of a page. */
const JOBS = 20;

export const failedJobsQuery = (id: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['failures', 'jobs', id, cursor],
    queryFn: ({ signal }) =>
      api.get('/api/v1/failures/{id}/jobs', {
        path: { id },
        query: { limit: JOBS, ...(cursor !== undefined && { cursor }) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

/** The executions that a redrive would repeat. Counting them changes nothing. */
export const redriveCountQuery = (id: number, includeSucceeded: boolean) =>
  queryOptions({
    queryKey: ['failures', 'to-redrive', id, includeSucceeded],
    queryFn: async ({ signal }) => {
      const body = { includeSucceeded, dryRun: true };
      const counted = await api.post('/api/v1/failures/{id}/redrive', { path: { id }, body, signal });
      if (!('matched' in counted)) throw new Error('The dry run gave no count.');
      return counted.matched;
    },
    staleTime: 0,
  });

/** Starts the redrive of a group. */
export async function startRedrive(
  id: number,
  settings: { ratePerSecond: number; includeSucceeded: boolean; reason: string },
): Promise<Operation> {
  const { ratePerSecond, includeSucceeded, reason } = settings;
  const body = { ratePerSecond, includeSucceeded };
  const started = await api.post('/api/v1/failures/{id}/redrive', { path: { id }, body, reason });
  if (!('state' in started)) throw new Error('The redrive did not start.');
  return started;
}
