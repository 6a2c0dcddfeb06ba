import { Link } from '@tanstack/react-router';
import { FullInstant } from '../../../components/full-instant.tsx';
import { formatDuration } from '../../../time/spans.ts';
import type { Column } from '../../../components/table/columns.ts';
import { Table } from '../../../components/table/table.tsx';
import { kindWords, outcomeWords, retryWords } from './mark-words.ts';
import type { Mark } from './marks.ts';

type Props = { marks: readonly Mark[]; jobZone: string; viewerZone: string };

const makeColumns = (jobZone: string, viewerZone: string): readonly Column<Mark>[] => [
  {
    id: 'at',
    header: jobZone,
    isRowHeader: true,
    cell: ({ atMs, executionId }) =>
      executionId === null ? (
        <FullInstant at={new Date(atMs)} zone={jobZone} />
      ) : (
        <Link to="/executions/$id" params={{ id: String(executionId) }}>
          <FullInstant at={new Date(atMs)} zone={jobZone} />
        </Link>
      ),
  },
  ...(viewerZone === jobZone
    ? []
    : [
        {
          id: 'yours',
          header: viewerZone,
          cell: ({ atMs }: Mark) => <FullInstant at={new Date(atMs)} zone={viewerZone} />,
        },
      ]),
  { id: 'kind', header: 'Kind', from: 'tablet', cell: ({ trigger }) => kindWords[trigger] },
  {
    id: 'outcome',
    header: 'Outcome',
    cell: (mark) => [outcomeWords(mark), retryWords(mark)].filter(Boolean).join(' · '),
  },
  {
    id: 'late',
    header: 'Late',
    isFigure: true,
    cell: ({ latenessMs }) => (latenessMs === null ? '–' : formatDuration(latenessMs)),
  },
];

/** What the drawing shows, as rows. */
export const MarksTable = ({ marks, jobZone, viewerZone }: Props) => (
  <Table
    label="Occurrences"
    columns={makeColumns(jobZone, viewerZone)}
    rows={marks}
    keyOf={({ key }) => key}
    nameOf={({ atMs }) => new Date(atMs).toISOString()}
  />
);
