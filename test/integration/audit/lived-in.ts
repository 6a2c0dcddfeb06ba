import { findQueued } from '../../../lib/audit/queue-agrees/find-queued.ts';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import type { Job, NewJob } from '../../../lib/domain/job.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, createBelfry, type Belfry } from '../../support/belfry.ts';
import { startTarget } from '../../support/target.ts';

const START = '2030-03-04T09:00:00.000Z';
const STEP_MS = 10_000;
const MINUTE_MS = 60_000;
const CLAIM_TOKEN = '11111111-1111-4111-8111-111111111111';
/** An address where no server listens. */
const REFUSING = 'http://127.0.0.1:9/';

export type LivedIn = {
  belfry: Belfry;
  job: (name: JobName) => Job;
  close: () => Promise<void>;
};

type JobName = keyof typeof jobDescriptions;

/** A job for each kind of violation. */
const jobDescriptions = {
  minutely: { schedule: '* * * * *' },
  secondly: { schedule: '* * * * * *' },
  interval: { schedule: '@every 45s' },
  once: { schedule: '2030-03-04T09:03:00Z', isRecurring: false },
  onceMuchLater: { schedule: '2031-01-01T00:00:00Z', isRecurring: false },
  onceByCron: { schedule: '30 4 9 * * *', isRecurring: false },
  atMostOnce: { schedule: '*/2 * * * *', type: 'AT_MOST_ONCE', maxRetryCount: 0 },
  failing: { schedule: '*/3 * * * *', api: REFUSING, maxRetryCount: 1 },
  failingAtMostOnce: { schedule: '*/3 * * * *', api: REFUSING, type: 'AT_MOST_ONCE', maxRetryCount: 0 },
  paused: { schedule: '* * * * *' },
  resumed: { schedule: '* * * * *' },
  rescheduled: { schedule: '* * * * *' },
  renamed: { schedule: '@every 20s' },
  deleted: { schedule: '* * * * *' },
  lessRetries: { schedule: '*/3 * * * *', api: REFUSING, maxRetryCount: 2 },
  becomesAtMostOnce: { schedule: '50 * * * * *', api: REFUSING, maxRetryCount: 5 },
  aged: { schedule: '*/3 * * * *', maxAgeSeconds: 30 },
  stopping: { schedule: '*/3 * * * *', success: { statuses: [201], contains: null }, stopOn: [200] },
  pausedFromTheStart: { schedule: '* * * * *', isActive: false },
  runByHand: { schedule: '* * * * *' },
  reporting: {
    schedule: '*/3 * * * *',
    api: REFUSING,
    type: 'AT_MOST_ONCE',
    maxRetryCount: 0,
    onFailure: REFUSING,
  },
} satisfies Record<string, Partial<NewJob>>;

/**
 * A database with 25 minutes of everything that Belfry does: jobs of every kind, some of them changed, run by hand, or with
 * executions that a caller cancelled or repeated; a minute in which
 * Redis loses everything; a worker that vanishes; and ten minutes in which no tick and no worker runs.
 */
export async function createLivedIn(): Promise<LivedIn> {
  const belfry = await createBelfry(START);
  const target = await startTarget();
  // Executions that are due later are not taken: workers that wait for their instants would hold up the minutes.
  const settings = { ...belfry.settings, takeAheadMs: 0, claimAheadMs: 0 };
  const { createJobs, changeJob, deleteJob, runTick, runWorker, ...unscheduled } = compose({
    ...belfry.parts,
    settings,
  });
  const created = await createJobs(
    Object.values(jobDescriptions).map((fields) => aJob({ api: target.url, ...fields })),
  );
  const jobs = new Map(Object.keys(jobDescriptions).map((name, at) => [name, created[at]!]));
  const job = (name: JobName): Job => jobs.get(name)!;

  const live = async (minutes: number): Promise<void> => {
    for (let at = 0; at < minutes * MINUTE_MS; at += STEP_MS) {
      await belfry.clock.advanceBy(STEP_MS);
      if (belfry.clock.nowMs() % MINUTE_MS === 0) await runTick(belfry.inMs(50_000));
      await runWorker(belfry.inMs(180_000));
    }
  };

  await live(5);
  await changeJob(job('paused').id, { isActive: false });
  await changeJob(job('resumed').id, { isActive: false });
  await changeJob(job('rescheduled').id, { schedule: '15 * * * * *' });
  await changeJob(job('renamed').id, { name: 'renamed' });
  await changeJob(job('lessRetries').id, { maxRetryCount: 0 });
  await changeJob(job('becomesAtMostOnce').id, { type: 'AT_MOST_ONCE', maxRetryCount: 0 });
  await changeJob(job('resumed').id, { isActive: true });
  await deleteJob(job('deleted').id);
  await unscheduled.runJob(job('runByHand').id, { body: '"by hand"' });
  await unscheduled.runJob(job('pausedFromTheStart').id, { body: undefined });
  const toCome = (await belfry.executions(job('runByHand').id)).filter(
    ({ status }) => status === 'SCHEDULED',
  );
  await unscheduled.cancelExecution(toCome.at(-1)!.id);
  const [failed] = (await belfry.executions(job('failing').id)).filter(({ status }) => status === 'FAILED');
  await unscheduled.retryExecution(failed!.id, { force: false });
  await live(2);
  await belfry.redis.flushdb();
  await live(3);
  await vanishWithClaims(belfry);
  await live(2);
  await belfry.clock.advanceBy(10 * MINUTE_MS);
  await live(3);
  // Requests take real time, and the clock of the test stands still meanwhile. On a busy machine a request may take longer than the
  // audit tolerates between two clocks.
  await belfry.pool.query('update job_executions set execution_duration = least(execution_duration, 100)');

  const close = async (): Promise<void> => {
    await target.close();
    await belfry.close();
  };
  return { belfry, job, close };
}

/** A worker that takes due executions, claims some of them, and vanishes. */
async function vanishWithClaims({ queue, pool, clock }: Belfry): Promise<void> {
  await clock.advanceBy(5_000);
  const now = clock.now();
  const nowMs = now.getTime();
  const { taken } = await queue.take({
    workerId: 'gone',
    nowMs,
    horizonMs: nowMs,
    limit: 4,
    leaseMs: 30_000,
  });
  const executions = await findQueued(
    pool,
    taken.slice(0, 2).map(({ id }) => id),
  );
  await claimExecutions(pool, {
    executions: executions.map(({ executionId, executionTime }) => ({ id: executionId, executionTime })),
    claimToken: CLAIM_TOKEN,
    now,
    dueBy: now,
    leaseExpiresAt: new Date(nowMs + 50_000),
  });
  await clock.advanceBy(5_000);
}
