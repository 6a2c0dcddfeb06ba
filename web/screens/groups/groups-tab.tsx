import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useRefresh } from '../../api/queries.ts';
import { usePage } from '../../api/use-page.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { Pager } from '../../components/pager.tsx';
import { ReadError } from '../../components/read-error.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { Table } from '../../components/table/table.tsx';
import { usePages } from '../../components/use-pages.ts';
import { countOf } from '../../time/format.ts';
import { type GroupAction, makeGroupColumns } from './group-columns.tsx';
import * as styles from './groups-screen.module.css';
import { NoGroups } from './no-groups.tsx';
import { groupsPageQuery, groupsPageRequest } from './queries.ts';
import { type GroupsSearch, groupSpans } from './search.ts';

const BulkDialog = lazy(async () => ({
  default: (await import('../../components/bulk/bulk-dialog.tsx')).BulkDialog,
}));

const spanLabels = { '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' } as const;
const spanOptions = groupSpans.map((value) => ({ value, label: spanLabels[value] }));

export type TabProps = { search: GroupsSearch; go: (search: GroupsSearch) => void };

/** The groups of jobs, with what ticks have counted of them. */
export const GroupsTab = ({ search, go }: TabProps) => {
  const { cursor, ...view } = search;
  const { span, order } = view;
  const { canWrite } = useScopes();
  const read = usePage(useQuery({ ...groupsPageQuery(search), ...useRefresh() }));
  const pages = usePages(cursor, (next) => go({ ...view, ...(next !== undefined && { cursor: next }) }));
  const [asked, setAsked] = useState<{ group: string; action: GroupAction }>();
  const columns = useMemo(
    () => makeGroupColumns(canWrite ? (group, action) => setAsked({ group, action }) : undefined),
    [canWrite],
  );
  const groups = read.page?.items;
  return (
    <>
      <div className={styles.choices}>
        <Segmented
          label="Outcomes of the last"
          value={span ?? '24h'}
          options={spanOptions}
          onChange={(value) =>
            go({ ...(order !== undefined && { order }), ...(value !== '24h' && { span: value }) })
          }
        />
        <Segmented
          label="Order"
          value={order ?? 'name'}
          options={[
            { value: 'name', label: 'By name' },
            { value: 'worst', label: 'Most failures first' },
          ]}
          onChange={(value) =>
            go({ ...(span !== undefined && { span }), ...(value === 'worst' && { order: value }) })
          }
        />
      </div>
      <ReadError title="The groups could not be read" read={read} />
      {groups?.length === 0 && cursor === undefined && !read.isOld ? (
        <NoGroups isOfFailures={order !== undefined} onAll={() => go(span === undefined ? {} : { span })} />
      ) : (
        (groups !== undefined || read.error === null) && (
          <>
            <Table
              label="Groups"
              columns={columns}
              rows={groups}
              keyOf={({ group }) => group}
              nameOf={({ group }) => group}
              isStale={read.isStale}
              isOld={read.isOld}
            />
            <Pager {...pages} nextCursor={read.nextCursor} request={() => groupsPageRequest(search)}>
              {groups === undefined ? undefined : `${countOf(groups.length, 'group')} on this page`}
            </Pager>
          </>
        )
      )}
      {asked !== undefined && (
        <Suspense>
          <BulkDialog
            action={asked.action}
            target={{ kind: 'matching', filter: { group: asked.group } }}
            onClose={() => setAsked(undefined)}
          />
        </Suspense>
      )}
    </>
  );
};
