import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { hostsRequest } from '../../api/groups.ts';
import { groupColours } from './failures-content.ts';
import { type Span, spans } from './spans.ts';

/** Outcomes are counted once a minute. */
const STATS_STALE_MS = 20_000;
const NEXT_RUNS = 20;
/** The failing jobs that show. */
const FAILING = 10;

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

/** The jobs that fail most often in a row, how many fail, and how many Belfry paused for it. */
export const failingQuery = queryOptions({
  queryKey: ['jobs', 'failing'],
  queryFn: async ({ signal }) => {
    const { items, total, totalIsCapped, pausedByFailures } = await api.get('/api/v1/jobs/failing', {
      query: { limit: FAILING },
      signal,
    });
    return { items, counted: { count: total, isCapped: totalIsCapped }, paused: pausedByFailures };
  },
});

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
