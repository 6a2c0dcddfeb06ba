import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import type { Answer } from './client.ts';

export type LoadAnswer = Answer<'/api/v1/schedules/load', 'post'>;
export type BusyMinute = LoadAnswer['busiest'][number];

type AskedLoad = {
  /** Instants in ISO 8601. Without `from` the load begins now; without `until` it has a day. */
  from?: string | undefined;
  until?: string | undefined;
  /** The number of the busiest minutes to describe. */
  busiest: number;
};

/** Schedules change seldom, and counting them all may take a second. */
const STALE_MS = 60_000;

/** The runs in each minute of a window. */
export const loadQuery = ({ from, until, busiest }: AskedLoad) =>
  queryOptions({
    queryKey: ['load', from ?? 'now', until ?? 'day', busiest],
    queryFn: ({ signal }) =>
      api.post('/api/v1/schedules/load', {
        body: { busiest, ...(from !== undefined && { from }), ...(until !== undefined && { until }) },
        signal,
      }),
    staleTime: STALE_MS,
    refetchInterval: STALE_MS,
    placeholderData: keepPreviousData,
  });
