import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';

/** A page of a list, as a screen shows it. */
export type ReadPage<Page> = {
  /** What to show. It stays while something newer cannot be read. */
  page: Page | undefined;
  /** Whether the page belongs to an earlier address, while the next one is read. */
  isStale: boolean;
  /** Whether the page could not be read again, or belongs to an address whose page could not be read. */
  isOld: boolean;
  /** When the page was read. */
  readAtMs: number;
  /** The position of the next page. There is none after an old page: it may belong to another list. */
  nextCursor: string | null | undefined;
  error: Error | null;
  retry: () => void;
};

/** Keeps the last page of a list, also when the page of a new filter or cursor cannot be read. */
export function usePage<Page extends { nextCursor: string | null }>(
  query: UseQueryResult<Page>,
): ReadPage<Page> {
  const { data, isPlaceholderData, dataUpdatedAt, refetch } = query;
  const error = useLastError(query);
  const [kept, setKept] = useState<{ page: Page; atMs: number }>();
  // The state follows the query; React renders again at once, before anything shows.
  if (data !== undefined && !isPlaceholderData && (kept?.page !== data || kept.atMs !== dataUpdatedAt))
    setKept({ page: data, atMs: dataUpdatedAt });
  const page = data ?? kept?.page;
  const isOld = error !== null;
  return {
    page,
    isStale: isPlaceholderData && !isOld,
    isOld,
    readAtMs: kept?.atMs ?? dataUpdatedAt,
    nextCursor: isOld ? undefined : page?.nextCursor,
    error,
    retry: () => void refetch(),
  };
}

/** Keeps the error of a query while the query is tried again, so that its message does not come and go with each try. */
function useLastError({ data, error, isPlaceholderData, errorUpdatedAt }: UseQueryResult): Error | null {
  const [last, setLast] = useState<{ error: Error; atMs: number }>();
  if (error !== null && last?.error !== error) setLast({ error, atMs: errorUpdatedAt });
  if (error !== null) return error;
  const hasNothing = data === undefined || isPlaceholderData;
  // The query of another address has failed at another time, or never.
  return hasNothing && last?.atMs === errorUpdatedAt ? last.error : null;
}
