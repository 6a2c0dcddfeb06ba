import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { ExecutionsSearch } from './search.ts';

const PAGE_SIZE = 50;

export const executionsRequest = ({ job, ...search }: ExecutionsSearch) =>
  ({
    path: '/api/v1/executions',
    query: { ...search, ...(job !== undefined && { job: Number(job) }), limit: PAGE_SIZE },
  }) as const;

export const executionsPageQuery = (search: ExecutionsSearch) =>
  queryOptions({
    queryKey: ['executions', 'page', search],
    queryFn: ({ signal }) => {
      const { path, query } = executionsRequest(search);
      return api.get(path, { query, signal });
    },
    placeholderData: keepPreviousData,
  });
