import type { JobSummary } from '../api/types.ts';
import { Badge } from './badge.tsx';

/** Whether a job runs, and why not. */
export const JobStateBadge = ({
  job,
}: {
  job: Pick<JobSummary, 'isActive' | 'nextExecutionTime' | 'failuresInARow'>;
}) => {
  if (!job.isActive)
    return (
      <Badge tone="calm" icon="paused">
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
