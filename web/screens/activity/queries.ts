import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { ActivitySearch } from './search.ts';

/** A page of the table. */
const PAGE_SIZE = 50;
/** Keys whose names the filter offers. */
const MAX_KEYS = 200;

export const activityPageQuery = ({ by, job, ...search }: ActivitySearch) =>
  queryOptions({
    queryKey: ['activity', 'page', by, job, search],
    queryFn: ({ signal }) =>
      api.get('/api/v1/audit', {
        query: {
          ...search,
          ...(by !== undefined && { apiKeyId: Number(by) }),
          ...(job !== undefined && { jobId: Number(job) }),
          limit: PAGE_SIZE,
        },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const keyNamesQuery = queryOptions({
  queryKey: ['keys', 'names'],
  queryFn: ({ signal }) => api.get('/api/v1/keys', { query: { limit: MAX_KEYS }, signal }),
  staleTime: 60_000,
});
