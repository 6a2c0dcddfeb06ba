import { afterEach, beforeEach, expect } from 'vitest';
import type { NewJob } from '../../../lib/domain/job.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, createBelfry, type Belfry, type Parts } from '../../support/belfry.ts';
import { startTarget, type Target } from '../../support/target.ts';
import { until } from '../../support/waiting.ts';

const START = '2030-03-04T10:00:00.000Z';
export const DUE = '2030-03-04T10:00:05.000Z';
export const TIMEOUT_MS = 180_000;

export let belfry: Belfry;
export let target: Target;

/** A Belfry and a target for each test of the file that calls it. */
export function setUpWorker(): void {
  beforeEach(async () => {
    belfry = await createBelfry(START);
    target = await startTarget();
  });
  afterEach(async () => {
    await target.close();
    await belfry.close();
  });
}

/** Fields of a job whose first attempt ends it FAILED, regardless of the answer of the target. */
export const failsAtOnce = { maxRetryCount: 0, success: { statuses: [201], contains: null } };

/** A job due at 10:00:05; the API dispatches it at once, since no tick runs before. */
export const createDueJob = (fields: Partial<NewJob> = {}) =>
  belfry.createJob(aJob({ schedule: DUE, isRecurring: false, api: `${target.url}/hook?a=1`, ...fields }));

export const work = (parts?: Partial<Parts>) =>
  (parts ? compose({ ...belfry.parts, ...parts }) : belfry).runWorker(belfry.inMs(TIMEOUT_MS));

export const theExecution = async (jobId: number) => {
  const executions = await belfry.executions(jobId);
  expect(executions).toHaveLength(1);
  return executions[0]!;
};

/** Advances the time until the run is over, at a pace that leaves real calls time to end. Resolves or rejects as the run does. */
export async function passTimeUntilOver<T>(
  running: Promise<T>,
  { stepMs = 100, everyMs = 5 }: { stepMs?: number; everyMs?: number } = {},
): Promise<T> {
  let isOver = false;
  running.catch(() => {}).finally(() => (isOver = true));
  await until(
    async () => {
      if (!isOver) await belfry.clock.advanceBy(stepMs);
      return isOver;
    },
    { timeoutMs: 15_000, everyMs },
  );
  return running;
}

/** Starts the request of a due job to a target that hangs. `fail` cuts its connection, and resolves when the worker has ended. */
export async function startHangingRequest() {
  target.answerWith('hang');
  const job = await createDueJob();
  await belfry.clock.advanceTo(DUE);
  const running = work();
  await until(() => target.requests.length === 1);
  const fail = async (): Promise<void> => {
    target.cut();
    await running;
  };
  return { job, fail };
}
