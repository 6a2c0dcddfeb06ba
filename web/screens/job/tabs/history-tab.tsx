import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { historyQuery } from '../../../api/job-queries.ts';
import { useRefresh } from '../../../api/queries.ts';
import type { Execution, Job } from '../../../api/types.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { Pager } from '../../../components/pager.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import type { Column } from '../../../components/table/columns.ts';
import { Table } from '../../../components/table/table.tsx';
import { Time } from '../../../components/time.tsx';
import { usePages } from '../../../components/use-pages.ts';
import { formatDuration } from '../../../time/spans.ts';
import { kindWords } from '../timeline/mark-words.ts';
import { AttemptsCell } from './attempts-cell.tsx';

export type PagedTab = { job: Job; cursor: string | undefined; go: (cursor: string | undefined) => void };

const LIMIT = 25;

const makeColumns = (job: Job): readonly Column<Execution>[] => [
  { id: 'status', header: 'Outcome', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'at',
    header: 'Time',
    isRowHeader: true,
    cell: ({ id, executionTime }) => (
      <Link to="/executions/$id" params={{ id: String(id) }}>
        <Time at={executionTime} look="instant" jobZone={job.timeZone} />
      </Link>
    ),
  },
  { id: 'kind', header: 'Kind', from: 'tablet', cell: ({ trigger }) => kindWords[trigger] },
  { id: 'attempts', header: 'Attempts', cell: (execution) => <AttemptsCell execution={execution} /> },
  {
    id: 'late',
    header: 'Late',
    isFigure: true,
    from: 'tablet',
    cell: ({ latenessMs }) => (latenessMs === null ? '–' : formatDuration(latenessMs)),
  },
  {
    id: 'took',
    header: 'Took',
    isFigure: true,
    cell: ({ executionDuration }) => (executionDuration === null ? '–' : formatDuration(executionDuration)),
  },
];

/** The executions of a job that have begun or ended, the latest first. */
export const HistoryTab = ({ job, cursor, go }: PagedTab) => {
  const navigate = useNavigate();
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...historyQuery(job.id, { limit: LIMIT, cursor }),
    ...useRefresh(),
  });
  const pages = usePages(cursor, go);
  if (error !== null && data === undefined) {
    return <ErrorState title="The history could not be read" error={error} onRetry={() => void refetch()} />;
  }
  if (data?.items.length === 0 && cursor === undefined) {
    return (
      <EmptyState icon="executions" title="This job has not run yet">
        <p>Run it now, or wait for its next time.</p>
      </EmptyState>
    );
  }
  return (
    <>
      <Table
        label="History"
        columns={makeColumns(job)}
        rows={data?.items}
        keyOf={({ id }) => id}
        nameOf={({ id }) => `execution ${id}`}
        onOpen={({ id }) => void navigate({ to: '/executions/$id', params: { id: String(id) } })}
        isStale={isPlaceholderData}
      />
      <Pager {...pages} nextCursor={data?.nextCursor}>
        {data === undefined
          ? 'Reading …'
          : `${data.items.length === 1 ? '1 execution' : `${data.items.length} executions`} on this page, the latest first`}
      </Pager>
    </>
  );
};
