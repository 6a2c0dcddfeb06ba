import type { Execution, NamedJob } from '../../api/types.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import type { Column } from '../../components/table/columns.ts';
import { formatDuration } from '../../time/spans.ts';
import { ExecutionCell } from './execution-cell.tsx';
import { JobOfExecution } from './job-of-execution.tsx';
import { OutcomeCell } from './outcome-cell.tsx';

export const makeExecutionColumns = (names: ReadonlyMap<number, NamedJob>): readonly Column<Execution>[] => [
  {
    id: 'status',
    width: 'short',
    header: 'Status',
    isIconic: true,
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: 'time',
    width: 'long',
    header: 'Execution',
    isRowHeader: true,
    cell: (execution) => <ExecutionCell execution={execution} />,
  },
  {
    id: 'job',
    header: 'Job',
    cell: ({ jobId }) => <JobOfExecution id={jobId} job={names.get(jobId)} />,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    from: 'tablet',
    cell: (execution) => <OutcomeCell execution={execution} />,
  },
  {
    id: 'duration',
    width: 'tiny',
    header: 'Duration',
    isFigure: true,
    from: 'tablet',
    cell: ({ executionDuration }) => (executionDuration === null ? '–' : formatDuration(executionDuration)),
  },
  {
    id: 'late',
    width: 'tiny',
    header: 'Late by',
    isFigure: true,
    from: 'laptop',
    cell: ({ latenessMs }) => (latenessMs === null ? '–' : formatDuration(latenessMs)),
  },
];
