import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { given } from '../../base/given.ts';
import { filterOf, type JobsSearch } from './search.ts';

/** A page of the table. */
const PAGE_SIZE = 50;

export const jobsRequest = (search: JobsSearch) => {
  const { cursor, sort } = search;
  return {
    path: '/api/v1/jobs',
    query: { ...filterOf(search), ...given({ cursor, sort }), limit: PAGE_SIZE },
  } as const;
};

export const jobsPageQuery = (search: JobsSearch) =>
  queryOptions({
    queryKey: ['jobs', 'page', search],
    queryFn: ({ signal }) => {
      const { path, query } = jobsRequest(search);
      return api.get(path, { query, signal });
    },
    placeholderData: keepPreviousData,
  });
