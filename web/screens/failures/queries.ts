import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { FailureSpan, FailuresSearch } from './search.ts';
import { HOUR_MS } from '../../time/units.ts';

/** A page of the table. */
const PAGE_SIZE = 50;

const spanMs: Record<FailureSpan, number> = {
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
};

export const failuresRequest = ({ within = '24h', state, cursor }: FailuresSearch) =>
  ({
    path: '/api/v1/failures',
    query: {
      since: new Date(Date.now() - spanMs[within]).toISOString(),
      limit: PAGE_SIZE,
      ...(state !== undefined && { state }),
      ...(cursor !== undefined && { cursor }),
    },
  }) as const;

export const failuresPageQuery = (search: FailuresSearch) =>
  queryOptions({
    queryKey: ['failures', 'page', search],
    queryFn: ({ signal }) => {
      const { path, query } = failuresRequest(search);
      return api.get(path, { query, signal });
    },
    placeholderData: keepPreviousData,
  });

/** The group with the latest failure of all. */
export const latestFailureQuery = queryOptions({
  queryKey: ['failures', 'latest'],
  queryFn: ({ signal }) => api.get('/api/v1/failures', { query: { limit: 1 }, signal }),
});
