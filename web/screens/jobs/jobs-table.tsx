import { useQuery } from '@tanstack/react-query';
import type { ListRequest } from '../../api/command.ts';
import { useRefresh } from '../../api/queries.ts';
import { summariesQuery } from '../../api/summaries.ts';
import type { JobSummary } from '../../api/types.ts';
import type { ReadPage } from '../../api/use-page.ts';
import { jobName } from '../../components/job-name.ts';
import { Pager } from '../../components/pager.tsx';
import { STRIP_RUNS } from '../../components/run-strip.tsx';
import type { Selection } from '../../components/table/columns.ts';
import { Table } from '../../components/table/table.tsx';
import type { usePages } from '../../components/use-pages.ts';
import { makeJobColumns } from './columns.tsx';
import { countOf } from '../../time/format.ts';
import type { JobsSearch } from './search.ts';

type Props = {
  read: ReadPage<{ items: readonly JobSummary[] }>;
  selection: Selection | undefined;
  pages: ReturnType<typeof usePages>;
  request: () => ListRequest;
  sort: JobsSearch['sort'];
  onSort: (sort: JobsSearch['sort']) => void;
};

/** A page of jobs. The words of schedules and the last runs come in a second request. */
export const JobsTable = ({ read, selection, pages, request, sort, onSort }: Props) => {
  const { page, isStale, isOld, nextCursor } = read;
  const jobs = page?.items;
  const ids = jobs?.map(({ id }) => id) ?? [];
  const { data } = useQuery({ ...summariesQuery(ids, STRIP_RUNS), ...useRefresh() });
  const columns = makeJobColumns(new Map(data?.items.map((job) => [job.id, job])), { sort, onSort });
  return (
    <>
      <Table
        label="Jobs"
        columns={columns}
        rows={jobs}
        keyOf={({ id }) => id}
        nameOf={jobName}
        selection={selection}
        isTwoLined
        isStale={isStale}
        isOld={isOld}
      />
      <Pager {...pages} nextCursor={nextCursor} request={request}>
        {jobs === undefined
          ? undefined
          : `${countOf(jobs.length, 'job')} on this page${sort === 'nextExecutionTime' ? ', without jobs that have no next run' : ''}`}
      </Pager>
    </>
  );
};
