import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { hostsRequest } from '../../api/groups.ts';
import { groupColours } from './failures-content.ts';
import { type Span, spans } from './spans.ts';

/** Outcomes are counted once a minute. */
const STATS_STALE_MS = 20_000;
const NEXT_RUNS = 20;
/** The failing jobs of which the worst show. */
const READ_FAILING = 50;

export const statsQuery = (span: Span) =>
  queryOptions({
    queryKey: ['stats', span],
    queryFn: ({ signal }) => {
      const { ms, step } = spans[span];
      return api.get('/api/v1/stats', {
        query: { from: new Date(Date.now() - ms).toISOString(), step },
        signal,
      });
    },
    staleTime: STATS_STALE_MS,
    refetchInterval: STATS_STALE_MS,
    placeholderData: keepPreviousData,
  });

export const queueQuery = queryOptions({
  queryKey: ['queue'],
  queryFn: async ({ signal }) => (await api.get('/queue/stats', { signal })).queue_stats,
});

/** Jobs whose last execution failed: some of them, and how many there are. */
const failingOf = (state: 'ACTIVE' | 'PAUSED', limit: number) =>
  queryOptions({
    queryKey: ['jobs', 'failing', state],
    queryFn: async ({ signal }) => {
      const { items, total, totalIsCapped } = await api.get('/api/v1/jobs', {
        query: { state, lastOutcome: 'FAILED', limit, count: 'true' },
        signal,
      });
      return { items, counted: { count: total ?? items.length, isCapped: totalIsCapped === true } };
    },
  });

export const failingQuery = failingOf('ACTIVE', READ_FAILING);
export const pausedQuery = failingOf('PAUSED', 1);

/** Reads the steps that `statsQuery` reads, so that their charts share a cursor. */
export const groupStatsQuery = (span: Span) =>
  queryOptions({
    queryKey: ['stats', 'groups', span],
    queryFn: ({ signal }) => {
      const { ms, step } = spans[span];
      return api.get('/api/v1/stats/groups', {
        query: { from: new Date(Date.now() - ms).toISOString(), step, limit: groupColours.length },
        signal,
      });
    },
    staleTime: STATS_STALE_MS,
    refetchInterval: STATS_STALE_MS,
    placeholderData: keepPreviousData,
  });

/** The hosts that show. */
const WORST = 8;

export const slowHostsQuery = queryOptions({
  queryKey: ['hosts', 'slow'],
  queryFn: ({ signal }) => {
    const { path, query } = hostsRequest({ limit: WORST, order: 'slow' });
    return api.get(path, { query, signal });
  },
});

export const nextRunsQuery = queryOptions({
  queryKey: ['upcoming', NEXT_RUNS],
  queryFn: ({ signal }) => api.get('/api/v1/upcoming', { query: { limit: NEXT_RUNS }, signal }),
});
