import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { JobsSearch } from './search.ts';

/** A page of the table. */
const PAGE_SIZE = 50;

export const jobsPageQuery = (search: JobsSearch) =>
  queryOptions({
    queryKey: ['jobs', 'page', search],
    queryFn: ({ signal }) => api.get('/api/v1/jobs', { query: { ...search, limit: PAGE_SIZE }, signal }),
    placeholderData: keepPreviousData,
  });
