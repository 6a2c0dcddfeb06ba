import { Link } from '@tanstack/react-router';
import type { JobSummary } from '../../api/types.ts';
import { JobStateBadge } from '../../components/job-state-badge.tsx';
import { jobName } from '../../components/job-name.ts';
import { Panel } from '../../components/panel.tsx';
import { countOf } from '../../time/format.ts';
import * as styles from './lists.module.css';

const SHOWN = 10;

/** The jobs with the most failures in a row. */
export const FailingJobs = ({
  jobs,
  isMore,
}: {
  jobs: readonly JobSummary[] | undefined;
  isMore: boolean;
}) => {
  const worst = (jobs ?? [])
    .toSorted((one, other) => other.failuresInARow - one.failuresInARow || one.id - other.id)
    .slice(0, SHOWN);
  return (
    <Panel
      title="Failing jobs"
      aside={
        (isMore || (jobs?.length ?? 0) > SHOWN) && (
          <Link to="/jobs" search={{ state: 'ACTIVE', lastOutcome: 'FAILED' }} className={styles.all}>
            All
          </Link>
        )
      }
    >
      {jobs?.length === 0 ? (
        <p className={styles.none}>The last execution of each active job succeeded.</p>
      ) : (
        <ul className={styles.list} aria-busy={jobs === undefined}>
          {worst.map((job) => (
            <li key={job.id} className={styles.item}>
              <span className={styles.job}>
                <Link to="/jobs/$id" params={{ id: String(job.id) }} className={styles.name}>
                  {jobName(job)}
                </Link>
                <span className={styles.note}>
                  {job.group === null ? '' : `${job.group} · `}
                  {job.api.replace(/^https?:\/\//, '')}
                </span>
              </span>
              <span title={`${countOf(job.failuresInARow, 'failure')} in a row`}>
                <JobStateBadge job={job} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
};
