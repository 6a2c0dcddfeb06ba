import type { AuditEntry, NamedJob } from '../../api/types.ts';
import type { Column } from '../../components/table/columns.ts';
import { Time } from '../../components/time.tsx';
import { ActorCell } from './actor-cell.tsx';
import { Difference } from './difference.tsx';
import { WhatCell } from './what-cell.tsx';

export const makeActivityColumns = (names: ReadonlyMap<number, NamedJob>): readonly Column<AuditEntry>[] => [
  { id: 'at', width: 'medium', header: 'When', cell: ({ at }) => <Time at={at} look="instant" /> },
  { id: 'who', width: 'medium', header: 'Who', cell: ({ actor }) => <ActorCell actor={actor} /> },
  {
    id: 'what',
    header: 'What',
    isRowHeader: true,
    cell: (entry) => <WhatCell entry={entry} job={names.get(entry.subject.id)} />,
  },
  { id: 'change', header: 'Change', cell: (entry) => <Difference entry={entry} /> },
];
