import type { FailureGroup } from '../../api/types.ts';
import { CauseBadge } from '../../components/cause-badge.tsx';
import { DayBars } from '../../components/day-bars.tsx';
import { FailureStateBadge } from '../../components/failure-state-badge.tsx';
import type { Column } from '../../components/table/columns.ts';
import { Time } from '../../components/time.tsx';
import { formatCount } from '../../time/format.ts';
import { PlaceCell } from './place-cell.tsx';

export const failureColumns: readonly Column<FailureGroup>[] = [
  { id: 'cause', width: 'medium', header: 'Cause', cell: (group) => <CauseBadge group={group} /> },
  { id: 'place', header: 'Host and path', isRowHeader: true, cell: (group) => <PlaceCell group={group} /> },
  {
    id: 'state',
    width: 'short',
    header: 'State',
    from: 'tablet',
    cell: (group) => <FailureStateBadge group={group} />,
  },
  {
    id: 'days',
    width: 'short',
    header: '14 days',
    from: 'tablet',
    cell: ({ days }) => <DayBars days={days} />,
  },
  {
    id: 'executions',
    width: 'count',
    header: 'Failed',
    isFigure: true,
    cell: ({ executions }) => formatCount(executions),
  },
  { id: 'jobs', width: 'count', header: 'Jobs', isFigure: true, cell: ({ jobs }) => formatCount(jobs) },
  {
    id: 'first',
    width: 'tiny',
    header: 'First',
    from: 'laptop',
    cell: ({ firstFailedAt }) => <Time at={firstFailedAt} />,
  },
  { id: 'last', width: 'tiny', header: 'Last', cell: ({ lastFailedAt }) => <Time at={lastFailedAt} /> },
];
