import { Link } from '@tanstack/react-router';
import { useJobNames } from '../../api/summaries.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { jobName } from '../../components/job-name.ts';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { useNow } from '../../time/now.ts';
import * as styles from './lists.module.css';

type Run = { id: number | null; jobId: number; executionTime: string; trigger: string };

/** An execution that has been due for longer is late. */
const LATE_MS = 10_000;

/** The next executions of all jobs. */
export const NextRuns = ({ runs }: { runs: readonly Run[] | undefined }) => {
  const names = useJobNames(runs?.map(({ jobId }) => jobId) ?? []);
  const { canWrite } = useScopes();
  const now = useNow().getTime();
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
                  <span>
                    {now - Date.parse(executionTime) > LATE_MS && 'due '}
                    <Time at={executionTime} />
                  </span>
                </li>
              );
            })}
          </ol>
        )}
      </Panel>
    </div>
  );
};
