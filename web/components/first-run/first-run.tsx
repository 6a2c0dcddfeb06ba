import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { readAgain } from '../../api/queries.ts';
import type { Execution, JobSummary } from '../../api/types.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { Button } from '../button.tsx';
import { jobName } from '../job-name.ts';
import { Panel } from '../panel.tsx';
import { PasteCommand } from '../paste-command.tsx';
import { StatusBadge } from '../status-badge.tsx';
import { tellFailure } from '../toasts.tsx';
import { Time } from '../time.tsx';
import { creating, exampleJob, useTarget } from './example.ts';
import * as styles from './first-run.module.css';
import { endGuide } from './guide.ts';
import { Step } from './step.tsx';

type Props = {
  /** The job that was created first. Null until there is one. */
  job: JobSummary | null;
  /** Its run. Null until it has begun. */
  run: Execution | null;
};

/** Three steps from nothing to a job that was seen running. */
export const FirstRun = ({ job, run }: Props) => {
  const hasEnded = run?.finishedAt != null;
  return (
    <Panel
      title="Run your first job"
      aside={
        <Button look={hasEnded ? 'primary' : 'quiet'} onClick={endGuide}>
          {hasEnded ? 'Done' : 'Skip'}
        </Button>
      }
    >
      <ol className={styles.steps}>
        <Step number={1} title="Create a job" state={job === null ? 'current' : 'done'}>
          {job === null ? <Create /> : <JobLink job={job} />}
        </Step>
        <Step
          number={2}
          title="Wait for its time"
          state={job === null ? 'open' : run === null ? 'current' : 'done'}
        >
          {job !== null && run === null && (
            <p role="status">
              {job.nextExecutionTime === null ? (
                'It has no future time.'
              ) : (
                <Time at={job.nextExecutionTime} />
              )}
            </p>
          )}
        </Step>
        <Step number={3} title="See it run" state={run === null ? 'open' : hasEnded ? 'done' : 'current'}>
          {run !== null && (
            <p role="status" className={styles.run}>
              <StatusBadge status={run.status} />
              <Link to="/executions/$id" params={{ id: String(run.id) }} className={styles.link}>
                See what was sent and answered
              </Link>
            </p>
          )}
        </Step>
      </ol>
    </Panel>
  );
};

const JobLink = ({ job }: { job: JobSummary }) => (
  <Link to="/jobs/$id" params={{ id: String(job.id) }} className={styles.link}>
    {jobName(job)}
  </Link>
);

/** A press creates the job on one machine, which answers it. Elsewhere a person puts in a URL. */
const Create = () => {
  const { canWrite } = useScopes();
  const target = useTarget();
  const create = useMutation({
    mutationFn: () => api.post('/api/v1/jobs', { body: exampleJob(target.url) }),
    onSuccess: readAgain,
    onError: (error) => tellFailure('The job was not created', error),
  });
  return (
    <>
      {canWrite && (
        <p className={styles.buttons}>
          {target.isOwn && (
            <Button look="primary" disabled={create.isPending} onClick={() => create.mutate()}>
              Create “hello”, which runs every 10 seconds
            </Button>
          )}
          <Link to="/jobs/new" className={styles.link}>
            Fill in the form
          </Link>
        </p>
      )}
      <PasteCommand request={creating(exampleJob(target.url))}>
        {canWrite ? 'Or use a command.' : 'Use a command.'}
      </PasteCommand>
    </>
  );
};
