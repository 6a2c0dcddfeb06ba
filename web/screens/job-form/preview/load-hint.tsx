import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import type { Job, SchedulePreview } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { useNow } from '../../../time/now.ts';
import { adviseLoad, hourAround, withMinute } from './load-advice.ts';
import * as styles from './schedule-preview.module.css';

type Props = {
  next: SchedulePreview['nextTimes'][number];
  schedule: string;
  job: Job | undefined;
  onSchedule: (schedule: string) => void;
};

const MAX_AHEAD_MS = 30 * 86_400_000;
const two = (value: number): string => String(value).padStart(2, '0');

/** How many other runs share the next minute, and a quieter one. */
export const LoadHint = ({ next, schedule, job, onSchedule }: Props) => {
  const now = useNow();
  const { data } = useQuery({
    queryKey: ['schedules', 'load', next.utc],
    queryFn: ({ signal }) => {
      const { fromMs, untilMs } = hourAround(next, Date.now());
      return api.post('/api/v1/schedules/load', {
        body: { from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString(), busiest: 0 },
        signal,
      });
    },
    enabled: Date.parse(next.utc) < now.getTime() + MAX_AHEAD_MS,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  if (data === undefined) return null;
  const isOwnTime = job?.isActive === true && job.nextExecutionTime === next.utc;
  const { others, quieter } = adviseLoad(data, next, isOwnTime ? 1 : 0);
  const clock = next.local.slice(11, 16);
  if (others === 0) return <p className={styles.quiet}>No other job runs at {clock}.</p>;
  const moved = quieter && withMinute(schedule, quieter.minute);
  const quieterClock = quieter && `${clock.slice(0, 2)}:${two(quieter.minute)}`;
  return (
    <p className={quieter === undefined ? styles.quiet : styles.herd}>
      {others.toLocaleString('en-US')} {others === 1 ? 'other run' : 'other runs'} at {clock}
      {quieter !== undefined &&
        `; ${quieter.others === 0 ? 'none' : quieter.others.toLocaleString('en-US')} at ${quieterClock}`}
      . {moved !== undefined && <Button onClick={() => onSchedule(moved)}>Use {quieterClock}</Button>}
    </p>
  );
};
