import type { FailureGroup } from '../../api/types.ts';
import { CauseBadge } from '../../components/cause-badge.tsx';
import type { Column } from '../../components/table/columns.ts';
import { Time } from '../../components/time.tsx';
import { PlaceCell } from './place-cell.tsx';

export const failureColumns: readonly Column<FailureGroup>[] = [
  { id: 'cause', header: 'Cause', cell: (group) => <CauseBadge group={group} /> },
  { id: 'place', header: 'Host and path', isRowHeader: true, cell: (group) => <PlaceCell group={group} /> },
  {
    id: 'executions',
    header: 'Failed',
    isFigure: true,
    cell: ({ executions }) => executions.toLocaleString('en-US'),
  },
  { id: 'jobs', header: 'Jobs', isFigure: true, cell: ({ jobs }) => jobs.toLocaleString('en-US') },
  { id: 'first', header: 'First', from: 'laptop', cell: ({ firstFailedAt }) => <Time at={firstFailedAt} /> },
  { id: 'last', header: 'Last', cell: ({ lastFailedAt }) => <Time at={lastFailedAt} /> },
];
