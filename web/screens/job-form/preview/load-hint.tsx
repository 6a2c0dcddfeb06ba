import { useQuery } from '@tanstack/react-query';
import type { Job, SchedulePreview } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { countOf, formatCount } from '../../../time/format.ts';
import { useNow } from '../../../time/now.ts';
import { DAY_MS } from '../../../time/units.ts';
import { adviseLoad, firstDay, withMinute } from './load-advice.ts';
import { othersQuery } from './others-query.ts';
import * as styles from './schedule-preview.module.css';

type Props = {
  times: SchedulePreview['nextTimes'];
  schedule: string;
  job: Job | undefined;
  onSchedule: (schedule: string) => void;
};

const MAX_AHEAD_MS = 29 * DAY_MS;
const two = (value: number): string => String(value).padStart(2, '0');

/** How many other runs share the minutes of the next day, and a quieter minute. */
export const LoadHint = ({ times, schedule, job, onSchedule }: Props) => {
  const now = useNow();
  const asked = firstDay(times);
  const [first] = asked;
  const { data } = useQuery({
    ...othersQuery(asked, job),
    enabled: first !== undefined && Date.parse(first.utc) < now.getTime() + MAX_AHEAD_MS,
  });
  const advice = data && adviseLoad(data, asked);
  if (advice === undefined) return null;
  const { at, others, quieter } = advice;
  const clock = at.local.slice(11, 16);
  const isOne = new Set(asked.map(({ local }) => local.slice(11, 16))).size === 1;
  if (others === 0)
    return <p className={styles.quiet}>No other job runs at {isOne ? clock : 'these times'}.</p>;
  const moved = quieter && withMinute(schedule, quieter.minute);
  const quieterClock = quieter && `${clock.slice(0, 2)}:${two(quieter.minute)}`;
  return (
    <p className={quieter === undefined ? styles.quiet : styles.herd}>
      {countOf(others, 'other run')} at {clock}
      {!isOne && ', the most at these times'}
      {quieter !== undefined &&
        `; ${quieter.others === 0 ? 'none' : formatCount(quieter.others)} at ${quieterClock}`}
      . {moved !== undefined && <Button onClick={() => onSchedule(moved)}>Use {quieterClock}</Button>}
    </p>
  );
};
