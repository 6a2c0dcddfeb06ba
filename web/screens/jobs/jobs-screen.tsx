import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useRefresh } from '../../api/queries.ts';
import { usePage } from '../../api/use-page.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { given } from '../../base/given.ts';
import type { BulkAction } from '../../components/bulk/actions.ts';
import type { BulkTarget } from '../../components/bulk/target.ts';
import { buttonLook } from '../../components/button-look.ts';
import { FirstRun } from '../../components/first-run/first-run.tsx';
import { useGuide } from '../../components/first-run/guide.ts';
import { Icon } from '../../components/icon.tsx';
import { ReadError } from '../../components/read-error.tsx';
import { Screen } from '../../components/screen.tsx';
import { TokenFilter } from '../../components/token-filter/token-filter.tsx';
import { usePages } from '../../components/use-pages.ts';
import { BulkBar } from './bulk-bar.tsx';
import { jobFilterFields } from './filter-fields.ts';
import { JobsTable } from './jobs-table.tsx';
import { NoJobs } from './no-jobs.tsx';
import { jobsPageQuery, jobsRequest } from './queries.ts';
import { filterOf, hidesFinished, type JobsSearch, tokensOf, withTokens } from './search.ts';

const BulkDialog = lazy(async () => ({
  default: (await import('../../components/bulk/bulk-dialog.tsx')).BulkDialog,
}));

const route = getRouteApi('/jobs');
const NONE: ReadonlySet<string | number> = new Set();

export const JobsScreen = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { cursor, ...first } = search;
  const { canWrite } = useScopes();
  const read = usePage(useQuery({ ...jobsPageQuery(search), ...useRefresh() }));
  const [ticked, setTicked] = useState(NONE);
  const [isAll, setAll] = useState(false);
  // The jobs of an action stay the same while its dialog is open: an action may take them out of the list.
  const [acting, setActing] = useState<{ action: BulkAction; target: BulkTarget }>();

  const select = (keys: ReadonlySet<string | number>) => {
    setTicked(keys);
    setAll(false);
  };
  const go = (next: JobsSearch) => {
    select(NONE);
    void navigate({ to: '/jobs', search: next });
  };
  const pages = usePages(cursor, (next) => go({ ...first, ...(next !== undefined && { cursor: next }) }));
  const jobs = read.page?.items;
  const selected = jobs?.filter(({ id }) => ticked.has(id)) ?? [];
  const target: BulkTarget = isAll
    ? { kind: 'matching', filter: filterOf(search) }
    : { kind: 'rows', jobs: selected };
  const isEmpty = jobs?.length === 0 && cursor === undefined && read.nextCursor === null;
  const guide = useGuide(isEmpty && Object.keys(first).length === 0);
  const mayBeMore = cursor !== undefined || typeof read.nextCursor === 'string';

  return (
    <Screen
      title="Jobs"
      actions={
        canWrite && (
          <Link to="/jobs/new" className={buttonLook('primary')}>
            <Icon name="plus" />
            New job
          </Link>
        )
      }
    >
      {guide !== undefined && <FirstRun {...guide} />}
      <TokenFilter
        label="Filter jobs"
        placeholder="Filter by name, URL, state:PAUSED, tag: …"
        fields={jobFilterFields}
        textField="text"
        filter={tokensOf(search)}
        onChange={(tokens) => go(withTokens(search, tokens))}
      />
      {selected.length > 0 && (
        <BulkBar
          target={target}
          onAct={(action) => setActing({ action, target })}
          onAll={!isAll && mayBeMore && selected.length === jobs?.length ? () => setAll(true) : undefined}
          onClear={() => select(NONE)}
        />
      )}
      {acting !== undefined && (
        <Suspense>
          <BulkDialog {...acting} onClose={() => setActing(undefined)} />
        </Suspense>
      )}
      <ReadError title="The jobs could not be read" read={read} />
      {isEmpty
        ? guide === undefined && (
            <NoJobs
              isFiltered={Object.keys(first).length > 0}
              onClear={() => go({})}
              onShowFinished={hidesFinished(search) ? () => go({ ...first, finished: 'shown' }) : undefined}
            />
          )
        : (jobs !== undefined || read.error === null) && (
            <JobsTable
              read={read}
              selection={canWrite && !read.isOld ? { keys: ticked, set: select } : undefined}
              pages={pages}
              sort={search.sort}
              onSort={(sort) => go(given({ ...first, sort }))}
              request={() => jobsRequest(search)}
            />
          )}
    </Screen>
  );
};
