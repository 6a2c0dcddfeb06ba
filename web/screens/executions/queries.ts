import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { ExecutionsSearch } from './search.ts';

const PAGE_SIZE = 50;

export const executionsPageQuery = ({ job, ...search }: ExecutionsSearch) =>
  queryOptions({
    queryKey: ['executions', 'page', job, search],
    queryFn: ({ signal }) =>
      api.get('/api/v1/executions', {
        query: { ...search, ...(job !== undefined && { job: Number(job) }), limit: PAGE_SIZE },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
