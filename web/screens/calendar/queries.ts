import { queryOptions } from '@tanstack/react-query';
import { acceptedAge, staleAfter } from '../../api/load.ts';
import { api } from '../../api/client.ts';
import { MINUTE_MS } from '../../time/units.ts';

/** The busiest minutes of a week whose schedules are read with it. */
export const DESCRIBED_MINUTES = 20;

/** The schedules with the most runs in a minute, and some of their jobs. */
export const minuteQuery = (atMs: number) =>
  queryOptions({
    queryKey: ['load', 'minute', atMs],
    queryFn: ({ signal }) =>
      api.post('/api/v1/schedules/load', {
        body: {
          from: new Date(atMs).toISOString(),
          until: new Date(atMs + MINUTE_MS).toISOString(),
          busiest: 1,
          maxAgeSeconds: acceptedAge(),
        },
        signal,
      }),
    staleTime: staleAfter(60_000),
  });
