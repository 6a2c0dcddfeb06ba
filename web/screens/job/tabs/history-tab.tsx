import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { historyQuery } from '../../../api/job-queries.ts';
import { useRefresh } from '../../../api/queries.ts';
import { usePage } from '../../../api/use-page.ts';
import type { Execution, Job } from '../../../api/types.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { PasteCommand } from '../../../components/paste-command.tsx';
import { Pager } from '../../../components/pager.tsx';
import { skippedWords } from '../../../components/skipped-words.ts';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { ReadError } from '../../../components/read-error.tsx';
import type { Column } from '../../../components/table/columns.ts';
import { Table } from '../../../components/table/table.tsx';
import { Time } from '../../../components/time.tsx';
import { usePages } from '../../../components/use-pages.ts';
import { countOf } from '../../../time/format.ts';
import { formatDuration } from '../../../time/spans.ts';
import { kindWords } from '../timeline/mark-words.ts';
import { AttemptsCell } from './attempts-cell.tsx';

export type PagedTab = { job: Job; cursor: string | undefined; go: (cursor: string | undefined) => void };

const LIMIT = 25;

const makeColumns = (job: Job): readonly Column<Execution>[] => [
  {
    id: 'status',
    header: 'Outcome',
    cell: ({ status, errorMessage, skipped }) => (
      <>
        <StatusBadge status={status} />
        {/* An occurrence that did not run says why. A failure says it by its attempts. */}
        {status === 'CANCELLED' && errorMessage !== null && <small> {errorMessage}</small>}
        {skipped !== null && <small> {skippedWords(skipped)}</small>}
      </>
    ),
  },
  {
    id: 'at',
    width: 'medium',
    header: 'Time',
    isRowHeader: true,
    cell: ({ id, executionTime }) => (
      <Link to="/executions/$id" params={{ id: String(id) }}>
        <Time at={executionTime} look="instant" jobZone={job.timeZone} />
      </Link>
    ),
  },
  { id: 'kind', width: 'short', header: 'Kind', from: 'tablet', cell: ({ trigger }) => kindWords[trigger] },
  { id: 'attempts', header: 'Attempts', cell: (execution) => <AttemptsCell execution={execution} /> },
  {
    id: 'late',
    width: 'tiny',
    header: 'Late',
    isFigure: true,
    from: 'tablet',
    cell: ({ latenessMs }) => (latenessMs === null ? '–' : formatDuration(latenessMs)),
  },
  {
    id: 'took',
    width: 'tiny',
    header: 'Took',
    isFigure: true,
    cell: ({ executionDuration }) => (executionDuration === null ? '–' : formatDuration(executionDuration)),
  },
];

/** The executions of a job that have begun or ended, the latest first. */
export const HistoryTab = ({ job, cursor, go }: PagedTab) => {
  const read = usePage(
    useQuery({
      ...historyQuery(job.id, { limit: LIMIT, cursor }),
      ...useRefresh(),
    }),
  );
  const { page, isStale, isOld, nextCursor } = read;
  const pages = usePages(cursor, go);
  if (read.error !== null && page === undefined)
    return <ReadError title="The history could not be read" read={read} />;
  if (page?.items.length === 0 && cursor === undefined && !isOld) {
    return (
      <EmptyState icon="executions" title="This job has not run yet">
        <p>Run it now by the button above, or wait for its next time.</p>
        <PasteCommand request={{ method: 'POST', path: `/api/v1/jobs/${job.id}/run` }}>
          A command runs it, too.
        </PasteCommand>
      </EmptyState>
    );
  }
  return (
    <>
      <ReadError title="The history could not be read" read={read} />
      <Table
        label="History"
        columns={makeColumns(job)}
        rows={page?.items}
        keyOf={({ id }) => id}
        nameOf={({ id }) => `execution ${id}`}
        isStale={isStale}
        isOld={isOld}
      />
      <Pager {...pages} nextCursor={nextCursor}>
        {page === undefined
          ? undefined
          : `${countOf(page.items.length, 'execution')} on this page, the latest first`}
      </Pager>
    </>
  );
};
