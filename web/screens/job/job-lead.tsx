import type { Job } from '../../api/types.ts';
import { JobStateBadge } from '../../components/job-state-badge.tsx';
import { Labels } from '../../components/labels.tsx';
import { Time } from '../../components/time.tsx';
import { useNow } from '../../time/now.ts';
import * as styles from './job-lead.module.css';

/** The state of a job, its schedule in words and its next run. */
export const JobLead = ({ job, words }: { job: Job; words: string | undefined }) => {
  const now = useNow();
  return (
    <span className={styles.lead}>
      <JobStateBadge job={job} />
      <span title={`${job.schedule} in ${job.timeZone}`}>{words ?? `${job.schedule}, ${job.timeZone}`}</span>
      {job.nextExecutionTime !== null && job.isActive && (
        <span>
          {Date.parse(job.nextExecutionTime) > now.getTime() ? (
            <>
              next <Time at={job.nextExecutionTime} jobZone={job.timeZone} />
            </>
          ) : (
            'due now'
          )}
        </span>
      )}
      {job.key !== null && job.name !== null && <code>{job.key}</code>}
      {(job.group !== null || job.tags.length > 0) && <Labels group={job.group} tags={job.tags} />}
      {job.description !== null && <span className={styles.description}>{job.description}</span>}
    </span>
  );
};
