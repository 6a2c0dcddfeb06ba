import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { given } from '../../app/given.ts';
import { filterOf, type JobsSearch } from './search.ts';

/** A page of the table. */
const PAGE_SIZE = 50;

export const jobsPageQuery = (search: JobsSearch) =>
  queryOptions({
    queryKey: ['jobs', 'page', search],
    queryFn: ({ signal }) => {
      const { cursor, sort } = search;
      const query = { ...filterOf(search), ...given({ cursor, sort }), limit: PAGE_SIZE };
      return api.get('/api/v1/jobs', { query, signal });
    },
    placeholderData: keepPreviousData,
  });
