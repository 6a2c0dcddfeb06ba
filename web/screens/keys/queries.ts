import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';

const PAGE_SIZE = 100;

export const keysPageQuery = (cursor: string | undefined) =>
  queryOptions({
    queryKey: ['keys', 'page', cursor],
    queryFn: ({ signal }) =>
      api.get('/api/v1/keys', {
        query: { limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

/** The signing keys. There are few: each rotation adds one. */
export const signingKeysQuery = queryOptions({
  queryKey: ['signing-keys'],
  queryFn: ({ signal }) => api.get('/api/v1/signing-keys', { query: { limit: PAGE_SIZE }, signal }),
});
