import { useQuery } from '@tanstack/react-query';
import { upcomingQuery } from '../../../api/job-queries.ts';
import { useRefresh } from '../../../api/queries.ts';
import { usePage } from '../../../api/use-page.ts';
import type { Upcoming } from '../../../api/types.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FullInstant } from '../../../components/full-instant.tsx';
import { PasteCommand } from '../../../components/paste-command.tsx';
import { Pager } from '../../../components/pager.tsx';
import { ReadError } from '../../../components/read-error.tsx';
import type { Column } from '../../../components/table/columns.ts';
import { Table } from '../../../components/table/table.tsx';
import { Time } from '../../../components/time.tsx';
import { usePages } from '../../../components/use-pages.ts';
import { countOf } from '../../../time/format.ts';
import { useZone } from '../../../time/zone.ts';
import type { PagedTab } from './history-tab.tsx';

const LIMIT = 25;

const makeColumns = (jobZone: string, zone: string): readonly Column<Upcoming>[] => [
  {
    id: 'at',
    header: jobZone,
    isRowHeader: true,
    cell: ({ executionTime }) => <FullInstant at={new Date(executionTime)} zone={jobZone} />,
  },
  ...(zone === jobZone
    ? []
    : [
        {
          id: 'yours',
          header: zone,
          cell: ({ executionTime }: Upcoming) => <FullInstant at={new Date(executionTime)} zone={zone} />,
        },
      ]),
  {
    id: 'distance',
    width: 'short',
    header: 'In',
    from: 'tablet',
    cell: ({ executionTime }) => <Time at={executionTime} />,
  },
  {
    id: 'state',
    width: 'medium',
    header: 'State',
    from: 'tablet',
    cell: ({ isDispatched, trigger }) =>
      `${isDispatched ? 'dispatched' : 'planned'}${trigger === 'SCHEDULE' ? '' : ', by request'}`,
  },
];

/** The upcoming occurrences, the earliest first. */
export const UpcomingTab = ({ job, cursor, go }: PagedTab) => {
  const zone = useZone();
  const read = usePage(
    useQuery({
      ...upcomingQuery(job.id, { limit: LIMIT, cursor }),
      ...useRefresh(),
    }),
  );
  const { page, isStale, isOld, nextCursor } = read;
  const pages = usePages(cursor, go);
  if (read.error !== null && page === undefined)
    return <ReadError title="The times could not be read" read={read} />;
  if (page?.items.length === 0 && cursor === undefined && !isOld) {
    return (
      <EmptyState icon="calendar" title="No upcoming runs">
        <p>
          {job.isActive
            ? 'The job has finished. A new schedule lets it run again.'
            : 'The job is paused. Resume it to let it run again.'}
        </p>
        {!job.isActive && (
          <PasteCommand request={{ method: 'POST', path: `/api/v1/jobs/${job.id}/resume` }}>
            The button above resumes it, and so does a command.
          </PasteCommand>
        )}
      </EmptyState>
    );
  }
  return (
    <>
      <ReadError title="The times could not be read" read={read} />
      <Table
        label="Upcoming"
        columns={makeColumns(job.timeZone, zone)}
        rows={page?.items}
        keyOf={({ id, executionTime }) => id ?? executionTime}
        nameOf={({ executionTime }) => executionTime}
        isStale={isStale}
        isOld={isOld}
      />
      <Pager {...pages} nextCursor={nextCursor}>
        {page === undefined ? undefined : `${countOf(page.items.length, 'time')} on this page`}
      </Pager>
    </>
  );
};
