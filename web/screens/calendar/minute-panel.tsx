import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useJobNames } from '../../api/summaries.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { Time } from '../../components/time.tsx';
import { countOf, formatMinute } from '../../time/format.ts';
import { useNow } from '../../time/now.ts';
import { minuteQuery } from './queries.ts';
import { ScheduleParts } from './schedule-parts.tsx';
import { SpreadButton } from './spread/spread-button.tsx';
import * as styles from './minute-panel.module.css';
import { MINUTE_MS } from '../../time/units.ts';

type Props = {
  atMs: number;
  zone: string;
  /** The runs of the minute that the panel of its hour shows, and when they were counted. */
  shown: { runs: number | undefined; countedAt: string };
};

/** The jobs that run in a minute, by their schedules. */
export const MinutePanel = ({ atMs, zone, shown }: Props) => {
  const hasPassed = atMs + MINUTE_MS <= useNow().getTime();
  const { data, error, refetch } = useQuery({ ...minuteQuery(atMs), enabled: !hasPassed });
  const parts = data?.busiest[0]?.schedules ?? [];
  const names = useJobNames(parts.flatMap(({ jobIds }) => jobIds));
  const clock = formatMinute(atMs, zone);
  if (hasPassed)
    return (
      <p>
        {clock} has passed.{' '}
        <Link
          className={styles.link}
          to="/executions"
          search={{ since: new Date(atMs).toISOString(), until: new Date(atMs + MINUTE_MS).toISOString() }}
        >
          See its executions
        </Link>
      </p>
    );
  if (error !== null)
    return (
      <ErrorState
        title={`The jobs of ${clock} could not be read`}
        error={error}
        onRetry={() => void refetch()}
      />
    );
  return (
    <div className={styles.minute} aria-busy={data === undefined}>
      <h3>
        {clock}
        {data !== undefined && ` · ${countOf(data.runs, 'run')}`}
      </h3>
      {data !== undefined && shown.runs !== undefined && shown.runs !== data.runs && (
        <p>
          Counted <Time at={data.countedAt} />. The hour was counted <Time at={shown.countedAt} />, with{' '}
          {countOf(shown.runs, 'run')} in this minute.
        </p>
      )}
      {data !== undefined && parts.length === 0 && <p>No job runs in this minute.</p>}
      <ScheduleParts parts={parts} names={names} />
      {data !== undefined && data.runs > 1 && <SpreadButton parts={parts} />}
    </div>
  );
};
