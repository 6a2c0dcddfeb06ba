import type { JobSummary, NamedJob } from '../../api/types.ts';
import { JobStateBadge } from '../../components/job-state-badge.tsx';
import { Labels } from '../../components/labels.tsx';
import type { Column } from '../../components/table/columns.ts';
import { Time } from '../../components/time.tsx';
import * as styles from './columns.module.css';
import { JobCell } from './job-cell.tsx';
import { NextRunCell } from './next-run-cell.tsx';
import { RunsCell } from './runs-cell.tsx';
import { ScheduleCell } from './schedule-cell.tsx';
import type { JobsSearch } from './search.ts';

type Sorting = { sort: JobsSearch['sort']; onSort: (sort: JobsSearch['sort']) => void };

/** @param summaries what is read after the page itself: words of schedules and last runs. */
export const makeJobColumns = (
  summaries: ReadonlyMap<number, NamedJob>,
  { sort, onSort }: Sorting,
): readonly Column<JobSummary>[] => [
  {
    id: 'state',
    width: 'short',
    header: 'State',
    isIconic: true,
    cell: (job) => (
      <>
        <JobStateBadge job={job} />
        {job.pausedByFailuresAt !== null && <span className={styles.cause}> by failures</span>}
      </>
    ),
  },
  { id: 'job', header: 'Job', isRowHeader: true, cell: (job) => <JobCell job={job} /> },
  {
    id: 'schedule',
    header: 'Schedule',
    from: 'tablet',
    cell: (job) => <ScheduleCell job={job} words={summaries.get(job.id)?.scheduleWords ?? undefined} />,
  },
  {
    id: 'next',
    width: 'tiny',
    header: 'Next run',
    sort: {
      current: sort === 'nextExecutionTime' ? 'ascending' : 'none',
      onSort: () => onSort(sort === 'nextExecutionTime' ? undefined : 'nextExecutionTime'),
    },
    cell: ({ nextExecutionTime, timeZone }) =>
      nextExecutionTime === null ? '–' : <NextRunCell at={nextExecutionTime} jobZone={timeZone} />,
  },
  {
    id: 'runs',
    width: 'medium',
    header: 'Last 30 runs',
    from: 'tablet',
    cell: ({ id }) => {
      const runs = summaries.get(id)?.runs;
      return runs === undefined ? null : <RunsCell runs={runs} />;
    },
  },
  {
    id: 'labels',
    width: 'medium',
    header: 'Group, tags, owner',
    from: 'laptop',
    cell: ({ group, tags, owner }) => (
      <>
        <Labels group={group} tags={tags} most={group === null ? 2 : 1} />
        {owner !== null && <span className={styles.owner}>{owner}</span>}
      </>
    ),
  },
  {
    id: 'created',
    width: 'tiny',
    header: 'Created',
    from: 'laptop',
    sort: {
      current: sort === undefined ? 'ascending' : sort === '-createdAt' ? 'descending' : 'none',
      onSort: () => onSort(sort === undefined ? '-createdAt' : undefined),
    },
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
];
