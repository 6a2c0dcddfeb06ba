import { buildIndexes } from '../../../lib/db/build-indexes.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { migrations } from '../../../lib/generated/embedded.ts';
import { seconds } from '../../../test/support/stats.ts';
import { loadCounts } from '../load-counts.ts';
import { loadAdministration } from './load-administration.ts';
import { loadExecutions, loadRetrying } from './load-executions.ts';
import { loadFailures } from './load-failures.ts';
import { loadFailingJobs, loadJobs } from './load-jobs.ts';

/** The number of jobs for each group with statistics. */
const JOBS_OF_COUNTED_GROUP = 50_000;
const RETRYING = 300;

export type DeploymentSize = {
  jobs: number;
  executions: number;
  /** No job is due before, and no retry. */
  firstDueAt: Date;
};

/**
 * Fills the empty tables of a migrated database with what a large deployment has: jobs of every kind, a month of history, failures,
 * attempts, statistics and the audit log. The ids of the jobs begin with 1.
 */
export async function loadDeployment(
  pool: Pool,
  { jobs, executions, firstDueAt }: DeploymentSize,
  progress: (line: string) => void,
): Promise<void> {
  const now = new Date();
  const step = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const took = await seconds(work);
    progress(`loaded ${name} within ${took.toFixed(1)} s`);
  };
  await step(`${jobs} jobs`, () => loadJobs(pool, { count: jobs, now, firstDueAt }));
  await step(`${executions} executions`, () => loadExecutions(pool, { count: executions, jobs, now }));
  await step('retries', () =>
    loadRetrying(pool, { count: Math.min(RETRYING, jobs / 4), now, dueAt: firstDueAt }),
  );
  await step('failing jobs', () => loadFailingJobs(pool));
  await step('failures', () => loadFailures(pool));
  await step('statistics', () =>
    loadCounts(pool, { now, groups: Math.ceil(jobs / JOBS_OF_COUNTED_GROUP), prefix: 'group-' }),
  );
  await step('the audit log', () => loadAdministration(pool, { jobs, now }));
  await step('indexes', () =>
    buildIndexes(
      pool,
      migrations.map(({ version }) => version),
    ),
  );
  await step('planner statistics', () => pool.query('vacuum (analyze)'));
}
