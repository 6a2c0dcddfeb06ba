import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import type { AuditEntry } from '../../../api/types.ts';
import { usePage } from '../../../api/use-page.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Pager } from '../../../components/pager.tsx';
import { ReadError } from '../../../components/read-error.tsx';
import type { Column } from '../../../components/table/columns.ts';
import { Table } from '../../../components/table/table.tsx';
import { Time } from '../../../components/time.tsx';
import { usePages } from '../../../components/use-pages.ts';
import { countOf } from '../../../time/format.ts';
import { FieldChanges } from './field-changes.tsx';
import type { PagedTab } from './history-tab.tsx';

const LIMIT = 25;

const actions: Partial<Record<AuditEntry['action'], string>> = {
  JOB_CREATED: 'Created',
  JOB_CHANGED: 'Changed',
  JOB_PAUSED: 'Paused',
  JOB_RESUMED: 'Resumed',
  JOB_DELETED: 'Deleted',
  JOB_RUN: 'Run by request',
};

function nameActor(actor: AuditEntry['actor']): string {
  if (actor === null) return '–';
  const names = {
    API_KEY: `key ${actor.name ?? actor.id ?? ''}`,
    COMMAND_LINE: 'a command',
    DEPLOYMENT: 'a deployment',
    BELFRY: 'Belfry',
  };
  return actor.type === 'API_KEY' || actor.name === null
    ? names[actor.type]
    : `${names[actor.type]}: ${actor.name}`;
}

const columns: readonly Column<AuditEntry>[] = [
  { id: 'at', width: 'medium', header: 'Time', cell: ({ at }) => <Time at={at} look="instant" /> },
  {
    id: 'action',
    width: 'short',
    header: 'Change',
    isRowHeader: true,
    cell: ({ action }) => actions[action] ?? action,
  },
  {
    id: 'actor',
    header: 'By',
    cell: ({ actor, reason }) => (
      <>
        {nameActor(actor)}
        {reason !== null && <> · “{reason}”</>}
      </>
    ),
  },
  {
    id: 'fields',
    header: 'Fields',
    cell: (entry) => <FieldChanges before={entry.before} after={entry.after} />,
  },
];

/** The entries of the audit log about the job. */
export const ChangesTab = ({ job, cursor, go }: PagedTab) => {
  const read = usePage(
    useQuery({
      queryKey: ['jobs', 'changes', job.id, job.updatedAt, cursor],
      queryFn: ({ signal }) =>
        api.get('/api/v1/audit', {
          query: { jobId: job.id, limit: LIMIT, ...(cursor !== undefined && { cursor }) },
          signal,
        }),
      placeholderData: keepPreviousData,
    }),
  );
  const { page, isStale, isOld, nextCursor } = read;
  const pages = usePages(cursor, go);
  if (read.error !== null && page === undefined)
    return <ReadError title="The changes could not be read" read={read} />;
  if (page?.items.length === 0 && cursor === undefined && !isOld) {
    return <EmptyState icon="activity" title="The audit log has no change of this job" />;
  }
  return (
    <>
      <ReadError title="The changes could not be read" read={read} />
      <Table
        label="Changes"
        columns={columns}
        rows={page?.items}
        keyOf={({ id }) => id}
        nameOf={({ id }) => `change ${id}`}
        isStale={isStale}
        isOld={isOld}
      />
      <Pager {...pages} nextCursor={nextCursor}>
        {page === undefined
          ? undefined
          : `${countOf(page.items.length, 'change')} on this page, the latest first`}
      </Pager>
    </>
  );
};
