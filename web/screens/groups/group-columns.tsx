import { Link } from '@tanstack/react-router';
import type { Group } from '../../api/types.ts';
import { cappedCount } from '../../components/capped-count.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { ShareBar } from '../../components/share-bar.tsx';
import type { Column } from '../../components/table/columns.ts';
import { formatCount } from '../../time/format.ts';
import { formatDuration } from '../../time/spans.ts';
import * as styles from './groups-screen.module.css';

export type GroupAction = 'pause' | 'resume';

const TOGETHER = 'Counted together with other groups: 100 groups have counts of their own';

/** A number of the outcomes of a group; a dash where it has none of its own. */
const figure = ({ outcomes }: Group, of: (outcomes: NonNullable<Group['outcomes']>) => string) =>
  outcomes === null ? <span title={TOGETHER}>–</span> : of(outcomes);

const duration = (ms: number | null): string => (ms === null ? '–' : formatDuration(ms));

/** @param act given if the key may change jobs. */
export const makeGroupColumns = (
  act: ((group: string, action: GroupAction) => void) | undefined,
): readonly Column<Group>[] => [
  {
    id: 'group',
    header: 'Group',
    isRowHeader: true,
    cell: ({ group }) => (
      <Link to="/jobs" search={{ group, finished: 'shown' }} className={styles.link}>
        {group}
      </Link>
    ),
  },
  { id: 'jobs', header: 'Jobs', isFigure: true, cell: ({ jobs }) => cappedCount(jobs) },
  {
    id: 'paused',
    header: 'Paused',
    isFigure: true,
    from: 'tablet',
    cell: ({ group, paused }) =>
      paused.count === 0 ? (
        '0'
      ) : (
        <Link
          to="/jobs"
          search={{ group, state: 'PAUSED' }}
          className={styles.quietLink}
          aria-label={`${cappedCount(paused)} paused jobs of ${group}`}
        >
          {cappedCount(paused)}
        </Link>
      ),
  },
  {
    id: 'succeeded',
    header: 'Succeeded',
    isFigure: true,
    from: 'tablet',
    cell: (row) => figure(row, ({ executions }) => formatCount(executions.succeeded)),
  },
  {
    id: 'failed',
    header: 'Failed',
    isFigure: true,
    cell: (row) => figure(row, ({ executions }) => formatCount(executions.failed)),
  },
  {
    id: 'share',
    header: 'Failure share',
    isFigure: true,
    from: 'tablet',
    cell: ({ failureShare }) => <ShareBar share={failureShare} />,
  },
  {
    id: 'retries',
    header: 'Retries',
    isFigure: true,
    from: 'laptop',
    cell: (row) => figure(row, ({ retries }) => formatCount(retries)),
  },
  {
    id: 'late',
    header: 'Late by at most',
    isFigure: true,
    from: 'laptop',
    cell: (row) => figure(row, ({ maxLatenessMs }) => duration(maxLatenessMs)),
  },
  {
    id: 'took',
    header: 'Took at most',
    isFigure: true,
    from: 'laptop',
    cell: (row) => figure(row, ({ maxDurationMs }) => duration(maxDurationMs)),
  },
  ...(act === undefined
    ? []
    : [
        {
          id: 'act',
          header: 'Actions',
          cell: ({ group }: Group) => (
            <span className={styles.actions}>
              <IconButton icon="paused" label={`Pause ${group}`} onClick={() => act(group, 'pause')} />
              <IconButton icon="running" label={`Resume ${group}`} onClick={() => act(group, 'resume')} />
            </span>
          ),
        },
      ]),
];
