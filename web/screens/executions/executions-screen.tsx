import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import { useRefresh } from '../../api/queries.ts';
import { useJobNames } from '../../api/summaries.ts';
import { usePage } from '../../api/use-page.ts';
import { Pager } from '../../components/pager.tsx';
import { ReadError } from '../../components/read-error.tsx';
import { Screen } from '../../components/screen.tsx';
import { Table } from '../../components/table/table.tsx';
import { TokenFilter } from '../../components/token-filter/token-filter.tsx';
import { usePages } from '../../components/use-pages.ts';
import { countOf } from '../../time/format.ts';
import { makeExecutionColumns } from './columns.tsx';
import * as styles from './executions-screen.module.css';
import { executionFilterFields } from './filter-fields.ts';
import { NewsButton } from './news-button.tsx';
import { NoExecutions } from './no-executions.tsx';
import { executionsPageQuery, executionsRequest } from './queries.ts';
import { type ExecutionsSearch, parseExecutionsSearch } from './search.ts';
import { useDisturbance } from './use-disturbance.ts';
import { useTail } from './use-tail.ts';

const route = getRouteApi('/executions');

export const ExecutionsScreen = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { cursor, ...filter } = search;
  const frame = useRef<HTMLDivElement>(null);
  const isRead = useDisturbance(frame);
  const read = usePage(useQuery({ ...executionsPageQuery(search), ...useRefresh() }));
  const { shown, newCount, catchUp } = useTail(read.page?.items, isRead && !read.isStale);
  const names = useJobNames(shown?.map(({ jobId }) => jobId) ?? []);
  const columns = useMemo(() => makeExecutionColumns(names), [names]);
  const go = (next: ExecutionsSearch) => void navigate({ to: '/executions', search: next });
  const pages = usePages(cursor, (next) => go({ ...filter, ...(next !== undefined && { cursor: next }) }));
  const isEmpty = shown?.length === 0 && read.nextCursor === null && cursor === undefined;

  return (
    <Screen title="Executions">
      <TokenFilter
        label="Filter executions"
        placeholder="Filter by status:FAILED, job:, tag:, since: …"
        fields={executionFilterFields}
        filter={filter}
        onChange={(next) => go(parseExecutionsSearch(next))}
      />
      <ReadError title="The executions could not be read" read={read} />
      {isEmpty ? (
        <NoExecutions isFiltered={Object.keys(filter).length > 0} onClear={() => go({})} />
      ) : (
        (shown !== undefined || read.error === null) && (
          <div ref={frame} className={styles.frame}>
            <p role="status" className={styles.news}>
              {newCount > 0 && (
                <NewsButton
                  count={newCount}
                  onClick={catchUp}
                  onGone={() => frame.current?.querySelector('section')?.focus()}
                />
              )}
            </p>
            <Table
              label="Executions"
              columns={columns}
              rows={shown}
              keyOf={({ id }) => id}
              nameOf={({ id }) => `execution ${id}`}
              isTwoLined
              isStale={read.isStale}
              isOld={read.isOld}
            />
            <Pager {...pages} nextCursor={read.nextCursor} request={() => executionsRequest(search)}>
              {shown === undefined
                ? undefined
                : `${countOf(shown.length, 'execution')} on this page, the latest first`}
            </Pager>
          </div>
        )
      )}
    </Screen>
  );
};
