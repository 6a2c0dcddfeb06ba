import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import { useRefresh } from '../../api/queries.ts';
import { useJobNames } from '../../api/summaries.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Pager } from '../../components/pager.tsx';
import { Screen } from '../../components/screen.tsx';
import { Table } from '../../components/table/table.tsx';
import { TokenFilter } from '../../components/token-filter/token-filter.tsx';
import { usePages } from '../../components/use-pages.ts';
import { makeExecutionColumns } from './columns.tsx';
import * as styles from './executions-screen.module.css';
import { executionFilterFields } from './filter-fields.ts';
import { NoExecutions } from './no-executions.tsx';
import { executionsPageQuery } from './queries.ts';
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
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...executionsPageQuery(search),
    ...useRefresh(),
  });
  const { shown, newCount, catchUp } = useTail(data?.items, isRead && !isPlaceholderData);
  const names = useJobNames(shown?.map(({ jobId }) => jobId) ?? []);
  const columns = useMemo(() => makeExecutionColumns(names), [names]);
  const go = (next: ExecutionsSearch) => void navigate({ to: '/executions', search: next });
  const pages = usePages(cursor, (next) => go({ ...filter, ...(next !== undefined && { cursor: next }) }));
  const isEmpty = shown?.length === 0 && data?.nextCursor === null && cursor === undefined;

  return (
    <Screen title="Executions">
      <TokenFilter
        label="Filter executions"
        placeholder="Filter by status:FAILED, job:, tag:, since: …"
        fields={executionFilterFields}
        filter={filter}
        onChange={(next) => go(parseExecutionsSearch(next))}
      />
      {error !== null && (
        <ErrorState title="The executions could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {isEmpty ? (
        <NoExecutions isFiltered={Object.keys(filter).length > 0} onClear={() => go({})} />
      ) : (
        (shown !== undefined || error === null) && (
          <div ref={frame} className={styles.frame}>
            <p role="status" className={styles.news}>
              {newCount > 0 && (
                <Button icon="retrying" onClick={catchUp}>
                  {newCount === 50 ? '50 or more new' : `${newCount} new`}
                </Button>
              )}
            </p>
            <Table
              label="Executions"
              columns={columns}
              rows={shown}
              keyOf={({ id }) => id}
              nameOf={({ id }) => `execution ${id}`}
              onOpen={({ id }) => void navigate({ to: '/executions/$id', params: { id: String(id) } })}
              isStale={isPlaceholderData}
            />
            <Pager {...pages} nextCursor={data?.nextCursor}>
              {shown === undefined
                ? 'Reading …'
                : `${shown.length} executions on this page, the latest first`}
            </Pager>
          </div>
        )
      )}
    </Screen>
  );
};
