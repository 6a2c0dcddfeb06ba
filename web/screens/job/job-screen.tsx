import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ApiError } from '../../api/api-error.ts';
import { jobQuery } from '../../api/job-queries.ts';
import { useRefresh } from '../../api/queries.ts';
import { summariesQuery } from '../../api/summaries.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { jobName } from '../../components/job-name.ts';
import { Screen } from '../../components/screen.tsx';
import { TabLinks } from '../../components/tab-links.tsx';
import { JobActions } from './actions/job-actions.tsx';
import { JobLead } from './job-lead.tsx';
import { OwnerBanner } from '../../components/owner-banner.tsx';
import type { JobTab } from './search.ts';
import { ChangesTab } from './tabs/changes-tab.tsx';
import { HistoryTab } from './tabs/history-tab.tsx';
import { RequestTab } from './tabs/request-tab.tsx';
import { StatsTab } from './tabs/stats-tab.tsx';
import { UpcomingTab } from './tabs/upcoming-tab.tsx';
import { Timeline } from './timeline/timeline.tsx';

const route = getRouteApi('/jobs/$id');

const labels: Record<JobTab, string> = {
  history: 'History',
  upcoming: 'Upcoming',
  request: 'Request',
  stats: 'Statistics',
  changes: 'Changes',
};

export const JobScreen = () => {
  const id = Number(route.useParams().id);
  const { tab = 'history', cursor, span = '24h', open } = route.useSearch();
  const navigate = route.useNavigate();
  const { isAdmin } = useScopes();
  const { data, error, refetch } = useQuery({ ...jobQuery(id), ...useRefresh() });
  const summary = useQuery(summariesQuery([id], 0)).data?.items[0];
  const job = data?.value;

  if (job === undefined) {
    const isGone = error instanceof ApiError && error.status === 404;
    return (
      <Screen title={`Job ${id}`}>
        {isGone && <DeletedJob name={summary && jobName(summary)} id={id} />}
        {error !== null && !isGone && (
          <ErrorState title="The job could not be read" error={error} onRetry={() => void refetch()} />
        )}
      </Screen>
    );
  }
  const tabs = (
    ['history', 'upcoming', 'request', 'stats', ...(isAdmin ? ['changes' as const] : [])] as const
  ).map((value) => ({ value, label: labels[value] }));
  const shown = tabs.some(({ value }) => value === tab) ? tab : 'history';
  const go = (next: string | undefined) =>
    void navigate({
      to: '.',
      search: { ...(shown !== 'history' && { tab: shown }), ...(next !== undefined && { cursor: next }) },
    });
  return (
    <Screen
      title={jobName(job)}
      lead={<JobLead job={job} words={summary?.scheduleWords ?? undefined} />}
      actions={<JobActions job={job} opensWith={open} />}
    >
      <OwnerBanner job={job} />
      {error !== null && <ErrorState title="The job could not be read again" error={error} />}
      <Timeline job={job} />
      <TabLinks
        label="About the job"
        tabs={tabs}
        current={shown}
        onChange={(next) =>
          void navigate({ to: '.', search: next === 'history' ? {} : { tab: next }, resetScroll: false })
        }
      />
      {shown === 'history' && <HistoryTab job={job} cursor={cursor} go={go} />}
      {shown === 'upcoming' && <UpcomingTab job={job} cursor={cursor} go={go} />}
      {shown === 'request' && <RequestTab job={job} />}
      {shown === 'stats' && (
        <StatsTab
          job={job}
          span={span}
          onSpan={(next) =>
            void navigate({
              to: '.',
              search: { tab: 'stats', ...(next !== '24h' && { span: next }) },
              resetScroll: false,
            })
          }
        />
      )}
      {shown === 'changes' && <ChangesTab job={job} cursor={cursor} go={go} />}
    </Screen>
  );
};

const DeletedJob = ({ id, name }: { id: number; name: string | undefined }) => (
  <EmptyState icon="trash" title={name === undefined ? 'There is no such job' : `“${name}” was deleted`}>
    {name !== undefined && (
      <Link to="/executions" search={{ job: String(id) }}>
        Its executions are still in the history
      </Link>
    )}
    <Link to="/jobs">All jobs</Link>
  </EmptyState>
);
