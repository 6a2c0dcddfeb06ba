import { Link } from '@tanstack/react-router';
import type { JobSummary } from '../../api/types.ts';
import { JobStateBadge } from '../../components/job-state-badge.tsx';
import { jobName } from '../../components/job-name.ts';
import { Panel } from '../../components/panel.tsx';
import { countOf } from '../../time/format.ts';
import { type Counted, failingWords } from './headline.ts';
import * as styles from './lists.module.css';

type Props = {
  /** Both are undefined while they are read. */
  jobs: readonly JobSummary[] | undefined;
  counted: Counted | undefined;
};

/** The jobs with the most failures in a row. */
export const FailingJobs = ({ jobs, counted }: Props) => {
  const isMore = counted !== undefined && (counted.isCapped || counted.count > (jobs?.length ?? 0));
  return (
    <Panel
      title="Failing jobs"
      aside={
        isMore && (
          <Link to="/jobs" search={{ state: 'ACTIVE', lastOutcome: 'FAILED' }} className={styles.all}>
            All
          </Link>
        )
      }
    >
      {isMore && jobs?.length !== 0 && <p className={styles.none}>The most failures in a row come first.</p>}
      {jobs?.length === 0 ? (
        <p className={styles.none}>
          {isMore ? failingWords(counted) : 'The last execution of each active job succeeded.'}
        </p>
      ) : (
        <ul className={styles.list} aria-busy={jobs === undefined}>
          {jobs?.map((job) => (
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
