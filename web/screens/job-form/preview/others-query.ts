import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { hoursAround, type Occurrence, withoutJob } from './load-advice.ts';

/** The runs of other jobs in the hours of some occurrences. `ownId` is the job whose runs do not count. */
export const othersQuery = (times: readonly Occurrence[], ownId: number | undefined) =>
  queryOptions({
    queryKey: ['schedules', 'others', times.map(({ utc }) => utc), ownId],
    queryFn: async ({ signal }) => {
      const { fromMs, untilMs } = hoursAround(times, Date.now());
      const window = { from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() };
      const count = (jobs: { jobIds?: number[] }) =>
        api.post('/api/v1/schedules/load', { body: { ...window, busiest: 0, ...jobs }, signal });
      const [all, own] = await Promise.all([count({}), ownId && count({ jobIds: [ownId] })]);
      return withoutJob(all, own || undefined);
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
