import { Link } from '@tanstack/react-router';
import type { Host } from '../../api/types.ts';
import { cappedCount } from '../../components/capped-count.ts';
import { ShareBar } from '../../components/share-bar.tsx';
import type { Column } from '../../components/table/columns.ts';
import { Time } from '../../components/time.tsx';
import { formatCount } from '../../time/format.ts';
import { formatDuration } from '../../time/spans.ts';
import * as styles from './groups-screen.module.css';

/** Some executions, and since when the oldest of them. */
const Live = ({ live, isBad }: { live: Host['late']; isBad: boolean }) =>
  live === null ? (
    '–'
  ) : (
    <span className={styles.two}>
      <span className={isBad ? styles.bad : undefined}>{formatCount(live.count)}</span>
      <span className={styles.quiet}>
        oldest <Time at={live.since} />
      </span>
    </span>
  );

/** The end of the longest pause that the host has asked for. */
const HeldBack = ({ heldBack }: Pick<Host, 'heldBack'>) => {
  const last = heldBack.toSorted((one, other) => Date.parse(other.until) - Date.parse(one.until))[0];
  if (last === undefined) return '–';
  return (
    <span title={heldBack.map(({ origin, until }) => `${origin} until ${until}`).join('\n')}>
      <Time at={last.until} />
    </span>
  );
};

export const hostColumns: readonly Column<Host>[] = [
  {
    id: 'host',
    header: 'Host',
    isRowHeader: true,
    cell: ({ host }) => (
      <Link to="/jobs" search={{ host, finished: 'shown' }} className={styles.link}>
        {host}
      </Link>
    ),
  },
  { id: 'jobs', header: 'Jobs', isFigure: true, from: 'tablet', cell: ({ jobs }) => cappedCount(jobs) },
  {
    id: 'running',
    header: 'Running',
    isFigure: true,
    cell: ({ running }) => <Live live={running} isBad={false} />,
  },
  { id: 'late', header: 'Late', isFigure: true, cell: ({ late }) => <Live live={late} isBad /> },
  {
    id: 'heldBack',
    header: 'Put off, ends',
    from: 'tablet',
    cell: ({ heldBack }) => <HeldBack heldBack={heldBack} />,
  },
  {
    id: 'requests',
    header: 'Requests',
    isFigure: true,
    from: 'tablet',
    cell: ({ lastHour }) => (lastHour === null ? '–' : formatCount(lastHour.requests)),
  },
  {
    id: 'timedOut',
    header: 'Timed out',
    isFigure: true,
    from: 'laptop',
    cell: ({ lastHour }) => (lastHour === null ? '–' : formatCount(lastHour.timedOut)),
  },
  {
    id: 'share',
    header: 'Failure share',
    isFigure: true,
    from: 'laptop',
    cell: ({ lastHour }) => <ShareBar share={lastHour?.failureShare ?? null} />,
  },
  {
    id: 'mean',
    header: 'Took, mean',
    isFigure: true,
    from: 'tablet',
    cell: ({ lastHour }) => (lastHour === null ? '–' : formatDuration(lastHour.durationMs.mean)),
  },
  {
    id: 'max',
    header: 'Took at most',
    isFigure: true,
    from: 'laptop',
    cell: ({ lastHour }) => (lastHour === null ? '–' : formatDuration(lastHour.durationMs.max)),
  },
];
