import { afterEach, beforeEach } from 'vitest';
import { aJob } from '../../support/a-job.ts';
import { createBelfry, type Belfry } from '../../support/belfry.ts';

export const START = '2030-03-04T10:00:00.000Z';

export let belfry: Belfry;
/** Gives each test of a file a Belfry of its own. */
export function setUpMissing(): void {
  beforeEach(async () => {
    belfry = await createBelfry(START);
  });
  afterEach(() => belfry.close());
}

export const tick = () => belfry.runTick(belfry.inMs(50_000));
/** Creates a job for which no tick comes, because the clock jumps. */
export const createMissing = (fields = {}) =>
  belfry.createJob(aJob({ schedule: '0 */10 * * * *', ...fields }));
const timeOf = (at: Date | null) => at?.toISOString().slice(11, 19);

/** The occurrences of a job in words, such as `29 from 10:10:00 to 14:50:00, by TICK`. */
export async function storedOf(jobId: number): Promise<string[]> {
  const { rows } = await belfry.pool.query<{
    status: string;
    at: Date;
    first: Date | null;
    count: number | null;
    by: string | null;
  }>(
    `select status, execution_time as at, skipped_from as first, skipped_count as count, late_dispatch_by as by
       from job_executions where job_id = $1 order by execution_time`,
    [jobId],
  );
  return rows.map(({ status, at, first, count, by }) =>
    status === 'SKIPPED'
      ? `${count} from ${timeOf(first)} to ${timeOf(at)}, by ${by}`
      : `${status} ${timeOf(at)}`,
  );
}

export const theSkipped = async (jobId: number) => {
  const found = (await belfry.executions(jobId)).find(({ status }) => status === 'SKIPPED');
  if (found === undefined) throw new Error(`job ${jobId} has no SKIPPED execution`);
  return found;
};
