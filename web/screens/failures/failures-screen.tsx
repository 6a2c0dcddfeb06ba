import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useRefresh } from '../../api/queries.ts';
import { usePage } from '../../api/use-page.ts';
import { placeOf } from '../../components/cause-words.ts';
import { Pager } from '../../components/pager.tsx';
import { ReadError } from '../../components/read-error.tsx';
import { Screen } from '../../components/screen.tsx';
import { Table } from '../../components/table/table.tsx';
import { usePages } from '../../components/use-pages.ts';
import { countOf } from '../../time/format.ts';
import { failureColumns } from './columns.tsx';
import { FailuresFilter } from './failures-filter.tsx';
import { NoFailures } from './no-failures.tsx';
import { failuresPageQuery, failuresRequest } from './queries.ts';
import type { FailuresSearch } from './search.ts';

const route = getRouteApi('/failures');

export const FailuresScreen = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { cursor, ...filter } = search;
  const read = usePage(useQuery({ ...failuresPageQuery(search), ...useRefresh() }));
  const go = (next: FailuresSearch) => void navigate({ to: '/failures', search: next });
  const pages = usePages(cursor, (next) => go({ ...filter, ...(next !== undefined && { cursor: next }) }));
  const groups = read.page?.items;
  return (
    <Screen
      title="Failures"
      lead="Failed executions, grouped by their cause. The latest failure comes first."
    >
      <FailuresFilter search={filter} onChange={go} />
      <ReadError title="The failures could not be read" read={read} />
      {groups?.length === 0 && cursor === undefined && !read.isOld ? (
        <NoFailures search={filter} onClear={() => go({})} onWiden={() => go({ ...filter, within: '30d' })} />
      ) : (
        (groups !== undefined || read.error === null) && (
          <>
            <Table
              label="Failures"
              columns={failureColumns}
              rows={groups}
              keyOf={({ id }) => id}
              nameOf={placeOf}
              isTwoLined
              isStale={read.isStale}
              isOld={read.isOld}
            />
            <Pager {...pages} nextCursor={read.nextCursor} request={() => failuresRequest(search)}>
              {groups === undefined ? undefined : countOf(groups.length, 'cause')}
            </Pager>
          </>
        )
      )}
    </Screen>
  );
};
