import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { ActivitySearch } from './search.ts';

/** A page of the table. */
const PAGE_SIZE = 50;
/** Keys whose names the filter offers. */
const MAX_KEYS = 200;

export const activityRequest = ({ by, job, ...search }: ActivitySearch) =>
  ({
    path: '/api/v1/audit',
    query: {
      ...search,
      ...(by !== undefined && { apiKeyId: Number(by) }),
      ...(job !== undefined && { jobId: Number(job) }),
      limit: PAGE_SIZE,
    },
  }) as const;

export const activityPageQuery = (search: ActivitySearch) =>
  queryOptions({
    queryKey: ['activity', 'page', search],
    queryFn: ({ signal }) => {
      const { path, query } = activityRequest(search);
      return api.get(path, { query, signal });
    },
    placeholderData: keepPreviousData,
  });

export const keyNamesQuery = queryOptions({
  queryKey: ['keys', 'names'],
  queryFn: ({ signal }) => api.get('/api/v1/keys', { query: { limit: MAX_KEYS }, signal }),
  staleTime: 60_000,
});
