import { useQuery } from '@tanstack/react-query';
import { upcomingQuery } from '../../../api/job-queries.ts';
import type { Job, SchedulePreview } from '../../../api/types.ts';
import { formatInstant } from '../../../time/format.ts';
import { useNow } from '../../../time/now.ts';
import { compareTimes } from './compare-times.ts';
import * as styles from './schedule-preview.module.css';

type Props = { job: Job; preview: SchedulePreview; cutAt: number };

const WEEK_DAYS = 7;
const SHOWN = 5;

/** The occurrences of the next week that a change brings and takes. */
export const TimesChange = ({ job, preview, cutAt }: Props) => {
  const now = useNow();
  const { data } = useQuery({
    ...upcomingQuery(job.id, { limit: cutAt, days: WEEK_DAYS }),
    staleTime: 5_000,
  });
  if (!job.isActive) return <p className={styles.quiet}>The job is paused, so nothing changes yet.</p>;
  if (data === undefined) return null;
  const before = data.items.filter(({ trigger }) => trigger === 'SCHEDULE');
  const times = preview.nextTimes.map(({ utc }) => Date.parse(utc));
  const untilMs = now.getTime() + WEEK_DAYS * 86_400_000;
  const { gained, lost, ...compared } = compareTimes(
    {
      timesMs: before.map(({ executionTime }) => Date.parse(executionTime)),
      isCut: typeof data.nextCursor === 'string',
    },
    { timesMs: times, isCut: times.length === cutAt },
    untilMs,
  );
  const lostSet = new Set(lost);
  const dispatched = before.filter(
    ({ isDispatched, executionTime }) => isDispatched && lostSet.has(Date.parse(executionTime)),
  ).length;
  const span =
    compared.untilMs < untilMs
      ? `until ${formatInstant(new Date(compared.untilMs), job.timeZone)}`
      : 'in the next 7 days';
  return (
    <section className={styles.change} aria-label="What the change brings">
      <p>
        <strong>
          {gained.length} gained, {lost.length} lost
        </strong>{' '}
        {span}.
      </p>
      <Times label="Gained" sign="+" timesMs={gained} zone={preview.timeZone} />
      <Times label="Lost" sign="−" timesMs={lost} zone={preview.timeZone} />
      {dispatched > 0 && (
        <p>{dispatched === 1 ? '1 is' : `${dispatched} are`} dispatched already, and will be taken back.</p>
      )}
    </section>
  );
};

type TimesProps = { label: string; sign: '+' | '−'; timesMs: readonly number[]; zone: string };

const Times = ({ label, sign, timesMs, zone }: TimesProps) =>
  timesMs.length === 0 ? null : (
    <ul aria-label={label} className={sign === '+' ? styles.gained : styles.lost}>
      {timesMs.slice(0, SHOWN).map((timeMs) => (
        <li key={timeMs}>
          {sign} {formatInstant(new Date(timeMs), zone)}
        </li>
      ))}
      {timesMs.length > SHOWN && (
        <li>
          {sign} {timesMs.length - SHOWN} more
        </li>
      )}
    </ul>
  );
