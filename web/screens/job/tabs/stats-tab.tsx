import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { useRefresh } from '../../../api/queries.ts';
import type { Job, JobStats } from '../../../api/types.ts';
import { ErrorState } from '../../../components/error-state.tsx';
import { Facts } from '../../../components/facts.tsx';
import { Panel } from '../../../components/panel.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { Time } from '../../../components/time.tsx';
import { formatCount } from '../../../time/format.ts';
import { formatDuration } from '../../../time/spans.ts';
import type { StatsSpan } from '../search.ts';
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

const quantile = (values: JobStats['durationMs'], name: 'p50' | 'p99' | 'max'): string =>
  values === null ? '–' : formatDuration(values[name]);

type Props = { job: Job; span: StatsSpan; onSpan: (span: StatsSpan) => void };

/** How the latest executions of a job ended, how long they took, and how late they began. */
export const StatsTab = ({ job, span, onSpan }: Props) => {
  const { data, error, refetch } = useQuery({ ...statsQuery(job.id, span), ...useRefresh() });
  return (
    <Panel
      title="Statistics"
      aside={<Segmented label="Span" value={span} options={spans} onChange={onSpan} />}
    >
      {error !== null && (
        <ErrorState title="The statistics could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && <Figures stats={data} jobZone={job.timeZone} />}
    </Panel>
  );
};

const Figures = ({ stats, jobZone }: { stats: JobStats; jobZone: string }) => (
  <>
    <Facts
      facts={[
        ['Executions', formatCount(stats.executions)],
        ['Succeeded', formatCount(stats.succeeded)],
        ['Failed', formatCount(stats.failed)],
        ['Cancelled', formatCount(stats.cancelled)],
        ['Still open', formatCount(stats.open)],
      ]}
    />
    <table className={styles.table}>
      <caption>Time</caption>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">Median</th>
          <th scope="col">99 % within</th>
          <th scope="col">Longest</th>
        </tr>
      </thead>
      <tbody>
        {(['durationMs', 'latenessMs'] as const).map((name) => (
          <tr key={name}>
            <th scope="row">{name === 'durationMs' ? 'Duration' : 'Lateness'}</th>
            <td>{quantile(stats[name], 'p50')}</td>
            <td>{quantile(stats[name], 'p99')}</td>
            <td>{quantile(stats[name], 'max')}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {stats.isCapped && stats.oldestAt !== null && (
      <p>
        These are the latest {formatCount(stats.executions)} executions, from{' '}
        <Time at={stats.oldestAt} look="instant" jobZone={jobZone} /> on. Older ones are not counted.
      </p>
    )}
  </>
);
