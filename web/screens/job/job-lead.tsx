import type { Job } from '../../api/types.ts';
import { JobStateBadge } from '../../components/job-state-badge.tsx';
import { Labels } from '../../components/labels.tsx';
import { Time } from '../../components/time.tsx';
import { useNow } from '../../time/now.ts';
import * as styles from './job-lead.module.css';

/** The state of a job, its next run and its schedule in words; below, what it is called and sorted by. */
export const JobLead = ({ job, words }: { job: Job; words: string | undefined }) => {
  const hasLabels = job.group !== null || job.tags.length > 0;
  const hasKey = job.key !== null && job.name !== null;
  return (
    <span className={styles.lead}>
      <span className={styles.line}>
        <JobStateBadge job={job} />
        {job.pausedByFailuresAt !== null && (
          <span>
            by failures <Time at={job.pausedByFailuresAt} jobZone={job.timeZone} />
          </span>
        )}
        {job.nextExecutionTime !== null && job.isActive && <NextRun at={job.nextExecutionTime} job={job} />}
        <span title={`${job.schedule} in ${job.timeZone}`}>
          {words ?? `${job.schedule}, ${job.timeZone}`}
        </span>
      </span>
      {(hasKey || hasLabels) && (
        <span className={styles.line}>
          {hasKey && <code>{job.key}</code>}
          {hasLabels && <Labels group={job.group} tags={job.tags} />}
        </span>
      )}
      {job.description !== null && <span>{job.description}</span>}
    </span>
  );
};

const NextRun = ({ at, job }: { at: string; job: Job }) => {
  const isDue = Date.parse(at) <= useNow().getTime();
  return (
    <span className={styles.next}>
      {isDue ? (
        'runs now'
      ) : (
        <>
          next run <Time at={at} jobZone={job.timeZone} />
        </>
      )}
    </span>
  );
};
