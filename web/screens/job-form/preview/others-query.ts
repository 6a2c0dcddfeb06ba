import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { acceptedAge, staleAfter } from '../../../api/load.ts';
import type { Job } from '../../../api/types.ts';
import { hoursAround, type Occurrence, withoutJob } from './load-advice.ts';

/**
 * The runs of other jobs in the hours of some occurrences. The runs of `job` do not count: they are taken away from the runs of all
 * jobs, so these must not be older than its last change.
 */
export const othersQuery = (
  times: readonly Occurrence[],
  job: Pick<Job, 'id' | 'isActive' | 'updatedAt'> | undefined,
) =>
  queryOptions({
    queryKey: ['schedules', 'others', times.map(({ utc }) => utc), job?.id, job?.updatedAt],
    queryFn: async ({ signal }) => {
      const { fromMs, untilMs } = hoursAround(times, Date.now());
      const window = { from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() };
      const count = (asked: { jobIds?: number[]; maxAgeSeconds?: number }) =>
        api.post('/api/v1/schedules/load', { body: { ...window, busiest: 0, ...asked }, signal });
      const countAll = async () => {
        const counted = await count({ maxAgeSeconds: acceptedAge() });
        const isOlder = job !== undefined && Date.parse(counted.countedAt) <= Date.parse(job.updatedAt);
        return isOlder ? count({}) : counted;
      };
      const countOwn = job?.isActive === true ? count({ jobIds: [job.id] }) : undefined;
      const [all, own] = await Promise.all([countAll(), countOwn]);
      return withoutJob(all, own);
    },
    placeholderData: keepPreviousData,
    staleTime: staleAfter(30_000),
  });
