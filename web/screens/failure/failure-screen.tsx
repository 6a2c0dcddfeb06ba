import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ApiError } from '../../api/api-error.ts';
import { useRefresh } from '../../api/queries.ts';
import { useJobNames } from '../../api/summaries.ts';
import { given } from '../../base/given.ts';
import { messageOf, placeOf } from '../../components/cause-words.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Screen } from '../../components/screen.tsx';
import { FailedJobs } from './failed-jobs.tsx';
import { FailureActions } from './failure-actions.tsx';
import { FailureFacts } from './failure-facts.tsx';
import * as styles from './failure-screen.module.css';
import { failedJobsQuery, failureQuery } from './queries.ts';

const route = getRouteApi('/failures/$id');

export const FailureScreen = () => {
  const { id } = route.useParams();
  const { cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const refresh = useRefresh();
  const { data: group, error, refetch } = useQuery({ ...failureQuery(id), ...refresh });
  const jobs = useQuery({ ...failedJobsQuery(id, cursor), ...refresh });
  const isGone = group === undefined && error instanceof ApiError && error.status === 404;
  // One request reads the names of the page and of the sample.
  const isRead = group !== undefined && jobs.data !== undefined;
  const names = useJobNames(isRead ? [group.sample.jobId, ...jobs.data.items.map(({ jobId }) => jobId)] : []);
  return (
    <Screen
      title={group === undefined ? 'Failure' : placeOf(group)}
      lead={group && messageOf(group)}
      actions={group !== undefined && <FailureActions group={group} />}
    >
      {isGone && (
        <EmptyState icon="search" title="There is no such failure">
          <p>
            Its last failure may be older than the history, which is kept for 30 days unless the deployment
            says otherwise.
          </p>
          <Link to="/failures" className={styles.link}>
            All failures
          </Link>
        </EmptyState>
      )}
      {error !== null && !isGone && (
        <ErrorState title="The failure could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {group !== undefined && (
        <>
          <FailureFacts group={group} sampleJob={names.get(group.sample.jobId)} />
          <FailedJobs
            count={group.jobs}
            read={jobs}
            names={names}
            cursor={cursor}
            go={(next) => void navigate({ to: '.', search: given({ cursor: next }), resetScroll: false })}
          />
        </>
      )}
    </Screen>
  );
};
