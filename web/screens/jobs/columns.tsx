import type { JobSummary } from '../../api/types.ts';
import { JobStateBadge } from '../../components/job-state-badge.tsx';
import { Labels } from '../../components/labels.tsx';
import type { Column } from '../../components/table/columns.ts';
import { Time } from '../../components/time.tsx';
import { JobCell } from './job-cell.tsx';
import { ScheduleCell } from './schedule-cell.tsx';

export const jobColumns: readonly Column<JobSummary>[] = [
  { id: 'state', header: 'State', cell: (job) => <JobStateBadge job={job} /> },
  { id: 'job', header: 'Job', isRowHeader: true, cell: (job) => <JobCell job={job} /> },
  { id: 'schedule', header: 'Schedule', from: 'tablet', cell: (job) => <ScheduleCell job={job} /> },
  {
    id: 'next',
    header: 'Next run',
    cell: ({ nextExecutionTime, timeZone }) =>
      nextExecutionTime === null ? '–' : <Time at={nextExecutionTime} jobZone={timeZone} />,
  },
  {
    id: 'labels',
    header: 'Group, tags',
    from: 'laptop',
    cell: (job) => <Labels group={job.group} tags={job.tags} />,
  },
  { id: 'owner', header: 'Owner', from: 'laptop', cell: ({ owner }) => owner ?? '' },
];
