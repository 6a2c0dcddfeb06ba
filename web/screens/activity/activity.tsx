import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useRefresh } from '../../api/queries.ts';
import { usePage } from '../../api/use-page.ts';
import { useJobNames } from '../../api/summaries.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Pager } from '../../components/pager.tsx';
import { ReadError } from '../../components/read-error.tsx';
import { Table } from '../../components/table/table.tsx';
import { TokenFilter } from '../../components/token-filter/token-filter.tsx';
import { usePages } from '../../components/use-pages.ts';
import { countOf } from '../../time/format.ts';
import { makeActivityColumns } from './columns.tsx';
import { useActivityFields } from './filter-fields.ts';
import { activityPageQuery, activityRequest } from './queries.ts';
import { actionWords, type ActivitySearch, parseActivitySearch } from './search.ts';

const route = getRouteApi('/activity');

/** The audit log with its filter. */
export const Activity = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { cursor, ...filter } = search;
  const read = usePage(useQuery({ ...activityPageQuery(search), ...useRefresh() }));
  const go = (next: ActivitySearch) => void navigate({ to: '/activity', search: next });
  const pages = usePages(cursor, (next) => go({ ...filter, ...(next !== undefined && { cursor: next }) }));
  const entries = read.page?.items;
  const fields = useActivityFields();
  const jobIds = entries?.flatMap(({ subject }) => (subject.type === 'job' ? [subject.id] : [])) ?? [];
  const names = useJobNames(jobIds);
  const columns = useMemo(() => makeActivityColumns(names), [names]);
  const isEmpty = entries?.length === 0 && read.nextCursor === null && cursor === undefined;
  return (
    <>
      <TokenFilter
        label="Filter the activity"
        placeholder="Filter by action:, by:, job:, since: …"
        fields={fields}
        filter={filter}
        onChange={(next) => go(parseActivitySearch(next))}
      />
      <ReadError title="The activity could not be read" read={read} />
      {isEmpty ? (
        <EmptyState icon="activity" title="No change fits the filter">
          <Button onClick={() => go({})}>Clear the filter</Button>
        </EmptyState>
      ) : (
        (entries !== undefined || read.error === null) && (
          <>
            <Table
              label="Activity"
              columns={columns}
              rows={entries}
              keyOf={({ id }) => id}
              nameOf={({ action, subject }) => `${actionWords[action]} ${subject.id}`}
              isTwoLined
              isStale={read.isStale}
              isOld={read.isOld}
            />
            <Pager {...pages} nextCursor={read.nextCursor} request={() => activityRequest(search)}>
              {entries === undefined ? undefined : `${countOf(entries.length, 'change')} on this page`}
            </Pager>
          </>
        )
      )}
    </>
  );
};
