import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { useRefresh } from '../../../api/queries.ts';
import type { Job } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { ChartGrid } from '../../../components/chart/chart-grid.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { Time } from '../../../components/time.tsx';
import { formatCount } from '../../../time/format.ts';
import type { StatsSpan } from '../search.ts';
import { StatsCharts } from './stats-charts.tsx';
import { spanWords } from './stats-content.ts';
import * as styles from './stats-tab.module.css';

const spans = [
  { value: '24h', label: '24 h' },
  { value: '7d', label: '7 d' },
  { value: '30d', label: '30 d' },
] as const;

const statsQuery = (jobId: number, span: StatsSpan) =>
  queryOptions({
    queryKey: ['jobs', 'stats', jobId, span],
    queryFn: ({ signal }) =>
      api.get('/api/v1/jobs/{id}/stats', { path: { id: jobId }, query: { span }, signal }),
    placeholderData: keepPreviousData,
  });

type Props = { job: Job; span: StatsSpan; onSpan: (span: StatsSpan) => void };

/** How the latest executions of a job ended, how long they took, and how late they began. */
export const StatsTab = ({ job, span, onSpan }: Props) => {
  const { data, error, refetch } = useQuery({ ...statsQuery(job.id, span), ...useRefresh() });
  return (
    <section className={styles.stats} aria-label="Statistics">
      <Segmented label="Span" value={span} options={spans} onChange={onSpan} />
      {error !== null && (
        <ErrorState title="The statistics could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.isCapped === true && data.oldestAt !== null && (
        <p>
          These are the latest {formatCount(data.executions)} executions, from{' '}
          <Time at={data.oldestAt} look="instant" jobZone={job.timeZone} /> on. Older ones are not counted.
        </p>
      )}
      {data?.executions === 0 ? (
        <EmptyState icon="executions" title={`No execution in ${spanWords[data.span]}`}>
          {data.span !== '30d' && <Button onClick={() => onSpan('30d')}>Look at 30 days</Button>}
        </EmptyState>
      ) : data === undefined ? (
        error === null && <ChartGrid count={3}>{undefined}</ChartGrid>
      ) : (
        <StatsCharts jobId={job.id} stats={data} />
      )}
    </section>
  );
};
