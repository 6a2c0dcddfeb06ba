import { QueryClient, queryOptions } from '@tanstack/react-query';
import { usePreferences } from '../base/preferences.ts';
import { ApiError } from './api-error.ts';
import { noteChange } from './changes.ts';
import { api } from './client.ts';

const MAX_RETRIES = 2;

/**
 * A refused request is refused again, and one that took too long takes as long again; a server that does not answer may answer
 * later.
 */
const isWorthARetry = (failures: number, error: Error): boolean =>
  failures < MAX_RETRIES &&
  !(error instanceof ApiError && ((error.status >= 400 && error.status < 500) || error.code === 'TIMED_OUT'));

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: isWorthARetry, staleTime: 1_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

/** Reads again what is shown, and counts again what may be counted some minutes ago. */
export function readAgain(): Promise<void> {
  noteChange();
  return queryClient.invalidateQueries();
}

/** How often to read again what is shown. A hidden page reads nothing. */
export function useRefresh(): { refetchInterval: number | false } {
  const { refresh } = usePreferences();
  return { refetchInterval: refresh === 0 ? false : refresh * 1_000 };
}

/** The name and scopes of the key of the session. */
export const ownKeyQuery = queryOptions({
  queryKey: ['own-key'],
  queryFn: ({ signal }) => api.get('/api/v1/keys/me', { signal }),
  staleTime: Infinity,
});
