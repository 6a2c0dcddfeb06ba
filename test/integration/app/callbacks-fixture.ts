import { afterEach, beforeEach } from 'vitest';
import { compose } from '../../support/belfry.ts';
import { startTarget, type Target } from '../../support/target.ts';
import { belfry, setUpWorker, target, work } from './worker-fixture.ts';

/** The target of reports. */
export let ears: Target;

/** Starts the target of reports for each test, next to the target of jobs. */
export function setUpCallbacks(): void {
  setUpWorker();
  beforeEach(async () => {
    ears = await startTarget();
  });
  afterEach(() => ears.close());
}

export const tick = (parts: Partial<typeof belfry.parts> = {}) =>
  compose({ ...belfry.parts, ...parts }).runTick(belfry.inMs(50_000));

// Tests look into the reports, whose form the first test holds.
// oxlint-disable-next-line typescript/no-explicit-any
export const reports = (): { type: string; timestamp: string; data: any }[] =>
  ears.requests.map(({ body }) => JSON.parse(body));

/** Runs the worker until everything that is due now has ended. */
export const workAll = async (parts: Partial<typeof belfry.parts> = {}): Promise<void> => {
  await work(parts);
  await work(parts);
};

/** Executions of a job, with their triggers. */
export async function executionsOf(jobId: number) {
  const { rows } = await belfry.parts.pool.query<{
    id: number;
    trigger: string;
    status: string;
    originId: number | null;
    url: string | null;
  }>(
    `select id, trigger, status, origin_id as "originId", request_url as url
       from job_executions where job_id = $1 order by id`,
    [jobId],
  );
  return rows;
}

/** The jobs that fail now. */
export const failing = async () => {
  const { rows } = await belfry.parts.pool.query<{ count: number; paused: boolean }>(
    'select failures_in_a_row as count, paused_at is not null as paused from failing_jobs',
  );
  return rows;
};

/** Runs the job once more, by hand. */
export async function runAgain(jobId: number, answer: number): Promise<void> {
  target.answerWith(answer);
  await belfry.clock.advanceBy(1_000);
  await belfry.runJob(jobId, { body: undefined });
  await workAll();
}

export const once = { maxRetryCount: 0 } as const;
