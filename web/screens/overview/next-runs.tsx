import { Link } from '@tanstack/react-router';
import { useJobNames } from '../../api/summaries.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { jobName } from '../../components/job-name.ts';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import * as styles from './lists.module.css';

type Run = { id: number | null; jobId: number; executionTime: string; trigger: string };

/** The next executions of all jobs. */
export const NextRuns = ({ runs }: { runs: readonly Run[] | undefined }) => {
  const names = useJobNames(runs?.map(({ jobId }) => jobId) ?? []);
  const { canWrite } = useScopes();
  return (
    <div id="next">
      <Panel
        title="Next runs"
        aside={
          <Link to="/calendar" className={styles.all}>
            Calendar
          </Link>
        }
      >
        {runs?.length === 0 ? (
          <p className={styles.none}>
            No run is upcoming.{' '}
            {canWrite && (
              <Link to="/jobs/new" className={styles.all}>
                Create a job
              </Link>
            )}
          </p>
        ) : (
          <ol className={styles.list} aria-busy={runs === undefined}>
            {runs?.map(({ id, jobId, executionTime }) => {
              const job = names.get(jobId);
              return (
                <li key={`${jobId} ${executionTime} ${id}`} className={styles.run}>
                  <Link to="/jobs/$id" params={{ id: String(jobId) }} className={styles.name}>
                    {job === undefined ? `Job ${jobId}` : jobName(job)}
                  </Link>
                  <Time at={executionTime} />
                </li>
              );
            })}
          </ol>
        )}
      </Panel>
    </div>
  );
};
