import { useQuery } from '@tanstack/react-query';
import { hasEnded } from '../../api/has-ended.ts';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ApiError } from '../../api/api-error.ts';
import { useRefresh } from '../../api/queries.ts';
import { useJobNames } from '../../api/summaries.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { jobName } from '../../components/job-name.ts';
import { Panel } from '../../components/panel.tsx';
import { Screen } from '../../components/screen.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { AttemptPanel } from '../../components/attempt/attempt-panel.tsx';
import { ExecutionActions } from './execution-actions.tsx';
import { ExecutionFacts } from './execution-facts.tsx';
import { Explanation } from './explanation.tsx';
import * as styles from './execution-screen.module.css';
import { executionQuery, explanationQuery, tellsEnd } from './queries.ts';

const route = getRouteApi('/executions/$id');

export const ExecutionScreen = () => {
  const id = Number(route.useParams().id);
  const refresh = useRefresh();
  const {
    data: execution,
    error,
    refetch,
  } = useQuery({
    ...executionQuery(id),
    refetchInterval: ({ state }) =>
      state.data !== undefined && hasEnded(state.data) ? false : refresh.refetchInterval,
  });
  const { data: explanation } = useQuery({
    ...explanationQuery(id),
    refetchInterval: ({ state }) =>
      state.data !== undefined && tellsEnd(state.data) ? false : refresh.refetchInterval,
  });
  const names = useJobNames(execution === undefined ? [] : [execution.jobId]);
  const job = execution === undefined ? undefined : names.get(execution.jobId);

  const failure = error !== null && (
    <ErrorState title="The execution could not be read" error={error} onRetry={() => void refetch()} />
  );
  if (execution === undefined) {
    const isGone = error instanceof ApiError && error.status === 404;
    return <Screen title={`Execution ${id}`}>{isGone ? <NoExecution /> : failure}</Screen>;
  }
  return (
    <Screen
      title={`Execution ${id}`}
      lead={
        <span className={styles.lead}>
          <StatusBadge status={execution.status} />
          <Link to="/jobs/$id" params={{ id: String(execution.jobId) }} className={styles.job}>
            {job === undefined ? `Job ${execution.jobId}` : jobName(job)}
          </Link>
        </span>
      }
      actions={<ExecutionActions execution={execution} explanation={explanation} job={job} />}
    >
      {failure}
      <div className={styles.columns}>
        <Panel title="What happened">
          <Explanation explanation={explanation} />
        </Panel>
        <Panel title="Facts">
          <ExecutionFacts execution={execution} />
        </Panel>
      </div>
      {execution.attempts.toReversed().map((attempt) => (
        <AttemptPanel
          key={attempt.number}
          attempt={attempt}
          isOpen={attempt.number === execution.attempts.length}
        />
      ))}
    </Screen>
  );
};

const NoExecution = () => (
  <EmptyState icon="executions" title="There is no such execution">
    <p>It may be older than the history, which is kept for 30 days unless the deployment says otherwise.</p>
    <Link to="/executions">All executions</Link>
  </EmptyState>
);
