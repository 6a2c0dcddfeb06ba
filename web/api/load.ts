import { keepPreviousData, type Query, queryOptions } from '@tanstack/react-query';
import { isBeforeChange, secondsSinceChange } from './changes.ts';
import { api } from './client.ts';
import type { Answer } from './client.ts';

export type LoadAnswer = Answer<'/api/v1/schedules/load', 'post'>;
export type BusyMinute = LoadAnswer['busiest'][number];

type Asked = {
  /** Instants in ISO 8601. Without `from` the load begins now; without `until` it has a day. */
  from?: string | undefined;
  until?: string | undefined;
};

/** The scheduler counts every 5 minutes. A tick may be late, and the next one is a minute later. */
const MOST_SECONDS = 600;
/** Schedules change seldom. */
const STALE_MS = 60_000;

/** How old the counts of a request may be: no older than the last change of this tab, which they would not have. */
export const acceptedAge = (): number => secondsSinceChange(MOST_SECONDS);

/** Answers are stale after a time, and after each change of this tab. */
export const staleAfter =
  (ms: number) =>
  ({ state }: Pick<Query, 'state'>): number =>
    isBeforeChange(state.dataUpdatedAt) ? 0 : ms;

const bodyOf = ({ from, until }: Asked) => ({
  ...(from !== undefined && { from }),
  ...(until !== undefined && { until }),
});

/** The runs in each minute of a window, with the schedules of its busiest minutes, as they were counted some minutes ago. */
export const loadQuery = (asked: Asked, busiest = 0) =>
  queryOptions({
    queryKey: ['load', asked.from ?? 'now', asked.until ?? 'day', busiest],
    queryFn: ({ signal }) =>
      api.post('/api/v1/schedules/load', {
        body: { ...bodyOf(asked), busiest, maxAgeSeconds: acceptedAge() },
        signal,
      }),
    staleTime: staleAfter(STALE_MS),
    refetchInterval: STALE_MS,
    placeholderData: keepPreviousData,
  });
