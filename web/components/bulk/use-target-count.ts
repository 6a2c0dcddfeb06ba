import { useQuery } from '@tanstack/react-query';
import { useNow } from '../../time/now.ts';
import { countMatching } from './requests.ts';
import type { BulkTarget } from './target.ts';
import { HOUR_MS } from '../../time/units.ts';

/** A number of jobs, and whether there are more than were counted. */
export type Counted = { count: number; isCapped: boolean };

export type TargetCount = {
  count: number | undefined;
  /** Whether there are more than were counted. */
  isCapped: boolean;
  /** The jobs of them that run in the next hour, as far as they are known. */
  soon: Counted | undefined;
  error: Error | null;
};

/** Counts the jobs that an action would change. */
export function useTargetCount(target: BulkTarget): TargetCount {
  const now = useNow();
  const filter = target.kind === 'matching' ? target.filter : {};
  const { data, error } = useQuery({
    queryKey: ['jobs', 'count', filter],
    queryFn: ({ signal }) => countMatching(filter, signal),
    enabled: target.kind === 'matching',
    staleTime: 0,
  });
  if (target.kind === 'matching')
    return { count: data?.matched.count, isCapped: data?.matched.isCapped ?? false, soon: data?.soon, error };
  const before = now.getTime() + HOUR_MS;
  const soon = target.jobs.filter(
    ({ nextExecutionTime }) => nextExecutionTime !== null && Date.parse(nextExecutionTime) < before,
  ).length;
  return { count: target.jobs.length, isCapped: false, soon: { count: soon, isCapped: false }, error: null };
}
