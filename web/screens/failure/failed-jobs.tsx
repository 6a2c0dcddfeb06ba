import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useJobNames } from '../../api/summaries.ts';
import type { FailureDetails, NamedJob } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { jobName } from '../../components/job-name.ts';
import type { Column } from '../../components/table/columns.ts';
import { Table } from '../../components/table/table.tsx';
import { Time } from '../../components/time.tsx';
import { formatCount } from '../../time/format.ts';
import * as styles from './failure-screen.module.css';

type FailedJob = FailureDetails['failedJobs'][number];

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

/** The first jobs of a cause, by their names. */
export const FailedJobs = ({ group: { jobs, failedJobs } }: { group: FailureDetails }) => {
  const names = useJobNames(failedJobs.map(({ jobId }) => jobId));
  const columns = useMemo(() => makeColumns(names), [names]);
  return (
    <section className={styles.part} aria-labelledby="failed-jobs">
      <h2 id="failed-jobs">
        {jobs > failedJobs.length ? `The first ${failedJobs.length} of ${formatCount(jobs)} jobs` : 'Jobs'}
      </h2>
      <Table
        label="Jobs"
        columns={columns}
        rows={failedJobs}
        keyOf={({ jobId }) => jobId}
        nameOf={({ jobId }) => nameOf(names, jobId)}
      />
    </section>
  );
};
