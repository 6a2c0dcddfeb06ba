import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useRefresh } from '../../api/queries.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { jobName } from '../../components/job-name.ts';
import { Pager } from '../../components/pager.tsx';
import { Screen } from '../../components/screen.tsx';
import { Table } from '../../components/table/table.tsx';
import { TokenFilter } from '../../components/token-filter/token-filter.tsx';
import { usePages } from '../../components/use-pages.ts';
import { jobColumns } from './columns.tsx';
import { jobFilterFields } from './filter-fields.ts';
import { NoJobs } from './no-jobs.tsx';
import { jobsPageQuery } from './queries.ts';
import { type JobsSearch, parseJobsSearch } from './search.ts';

const route = getRouteApi('/jobs');

export const JobsScreen = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { cursor, ...filter } = search;
  const { canWrite } = useScopes();
  const { data, error, isPlaceholderData, refetch } = useQuery({ ...jobsPageQuery(search), ...useRefresh() });
  const [ticked, setTicked] = useState<ReadonlySet<string | number>>(new Set());
  const go = (next: JobsSearch) => {
    setTicked(new Set());
    void navigate({ to: '/jobs', search: next });
  };
  const pages = usePages(cursor, (next) => go({ ...filter, ...(next !== undefined && { cursor: next }) }));
  const jobs = data?.items;
  const isFiltered = Object.keys(filter).length > 0;

  return (
    <Screen title="Jobs">
      <TokenFilter
        label="Filter jobs"
        placeholder="Filter by name, URL, state:PAUSED, tag: …"
        fields={jobFilterFields}
        textField="text"
        filter={filter}
        onChange={(next) => go(parseJobsSearch(next))}
      />
      {error !== null && (
        <ErrorState title="The jobs could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {jobs?.length === 0 && cursor === undefined ? (
        <NoJobs isFiltered={isFiltered} onClear={() => go({})} />
      ) : (
        (jobs !== undefined || error === null) && (
          <>
            <Table
              label="Jobs"
              columns={jobColumns}
              rows={jobs}
              keyOf={({ id }) => id}
              nameOf={jobName}
              selection={canWrite ? { keys: ticked, set: setTicked } : undefined}
              onOpen={({ id }) => void navigate({ to: '/executions', search: { job: String(id) } })}
              isStale={isPlaceholderData}
            />
            <Pager {...pages} nextCursor={data?.nextCursor}>
              {jobs === undefined ? 'Reading …' : countOf(jobs.length)}
            </Pager>
          </>
        )
      )}
    </Screen>
  );
};

const countOf = (count: number): string => (count === 1 ? '1 job' : `${count} jobs`) + ' on this page';
