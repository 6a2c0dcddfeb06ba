import type { JobSummary } from '../api/types.ts';
import { Badge } from './badge.tsx';

/** Whether a job runs. That failures paused it is left to words next to the badge. */
export const JobStateBadge = ({
  job,
}: {
  job: Pick<JobSummary, 'isActive' | 'nextExecutionTime' | 'failuresInARow' | 'pausedByFailuresAt'>;
}) => {
  if (!job.isActive)
    return (
      <Badge tone={job.pausedByFailuresAt === null ? 'calm' : 'bad'} icon="paused">
        Paused
      </Badge>
    );
  if (job.nextExecutionTime === null)
    return (
      <Badge tone="calm" icon="finished">
        Finished
      </Badge>
    );
  if (job.failuresInARow > 0)
    return (
      <Badge tone="bad" icon="failures">
        Failing {job.failuresInARow > 1 && `${job.failuresInARow}×`}
      </Badge>
    );
  return (
    <Badge tone="plain" icon="success">
      Active
    </Badge>
  );
};
