import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { FailureDetails, NamedJob } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { jobName } from '../../components/job-name.ts';
import { Pager } from '../../components/pager.tsx';
import type { Column } from '../../components/table/columns.ts';
import { Table } from '../../components/table/table.tsx';
import { Time } from '../../components/time.tsx';
import { usePages } from '../../components/use-pages.ts';
import { countOf, formatCount } from '../../time/format.ts';
import * as styles from './failure-screen.module.css';
import type { FailedJobsPage } from './queries.ts';

type FailedJob = FailureDetails['failedJobs'][number];
type Props = {
  /** The number of all jobs of the cause. */
  count: number;
  read: UseQueryResult<FailedJobsPage>;
  names: ReadonlyMap<number, NamedJob>;
  cursor: string | undefined;
  go: (cursor: string | undefined) => void;
};

const nameOf = (names: ReadonlyMap<number, NamedJob>, id: number): string => {
  const job = names.get(id);
  return job === undefined ? `Job ${id}` : jobName(job);
};

const makeColumns = (names: ReadonlyMap<number, NamedJob>): readonly Column<FailedJob>[] => [
  {
    id: 'job',
    header: 'Job',
    isRowHeader: true,
    cell: ({ jobId }) => (
      <span className={styles.job}>
        <Link to="/jobs/$id" params={{ id: String(jobId) }} className={styles.name}>
          {nameOf(names, jobId)}
        </Link>
        {names.get(jobId)?.isDeleted === true && <Badge tone="calm">Deleted</Badge>}
      </span>
    ),
  },
  {
    id: 'executions',
    header: 'Failed',
    isFigure: true,
    cell: ({ executions }) => formatCount(executions),
  },
  { id: 'last', header: 'Last', cell: ({ lastFailedAt }) => <Time at={lastFailedAt} /> },
  {
    id: 'execution',
    header: 'Last execution',
    cell: ({ lastExecutionId }) => (
      <Link to="/executions/$id" params={{ id: String(lastExecutionId) }} className={styles.link}>
        Execution {lastExecutionId}
      </Link>
    ),
  },
];

/** The jobs of a cause, page by page, by their names. */
export const FailedJobs = ({ count, read, names, cursor, go }: Props) => {
  const { data, error, isPlaceholderData, refetch } = read;
  const pages = usePages(cursor, go);
  const columns = useMemo(() => makeColumns(names), [names]);
  return (
    <section className={styles.part} aria-labelledby="failed-jobs">
      <h2 id="failed-jobs">{countOf(count, 'job')}</h2>
      {error !== null && (
        <ErrorState title="The jobs could not be read" error={error} onRetry={() => void refetch()} />
      )}
      <Table
        label="Jobs of the cause"
        columns={columns}
        rows={data?.items}
        keyOf={({ jobId }) => jobId}
        nameOf={({ jobId }) => nameOf(names, jobId)}
        isStale={isPlaceholderData}
      />
      <Pager {...pages} nextCursor={data?.nextCursor}>
        {data === undefined ? undefined : `${countOf(data.items.length, 'job')} on this page`}
      </Pager>
    </section>
  );
};
