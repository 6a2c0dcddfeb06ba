import { type JobState, lockJobs } from '../db/job-states.ts';
import { groupJobs, tagJobs } from '../db/operations.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { findToRedrive } from '../db/redrive-failures.ts';
import { insertUnscheduled, type NewUnscheduled } from '../db/unscheduled-executions.ts';
import { limits } from '../domain/job.ts';
import type { Operation, OperationFailure, Progress } from '../domain/operation.ts';
import type { Logger } from '../logger.ts';
import type { Queue } from '../redis/queue.ts';
import { deleteJobs } from './delete-job.ts';
import type { DeliverUnscheduled } from './deliver-unscheduled.ts';
import type { DispatchSoon } from './dispatch-soon.ts';
import { removeTakenBack } from './remove-taken-back.ts';
import { repeatOf } from './repeat-of.ts';
import { setActive, type SwitchedJobs } from './set-active.ts';
import { spreadJobs } from './spread-jobs.ts';

export type ActionResult = {
  /** The number of jobs that were changed. */
  done: number;
  failures: readonly OperationFailure[];
  /** Called after the commit of the batch. */
  afterCommit?: () => Promise<void>;
};

/** Acts on the jobs of a batch, in the transaction of the batch. */
export type ActOn = (
  tx: Queryable,
  operation: Operation & Progress,
  ids: readonly number[],
  now: Date,
) => Promise<ActionResult>;

/**
 * Makes the function that acts on the jobs of a batch. Each action takes a fixed number of statements, regardless of
 * the number of jobs. Pauses, resumes, deletions and new schedules do what requests for single jobs do.
 */
export function makeActOn(deps: {
  pool: Pool;
  queue: Queue;
  logger: Logger;
  dispatchSoon: DispatchSoon;
  deliverUnscheduled: DeliverUnscheduled;
}): ActOn {
  const { dispatchSoon, deliverUnscheduled } = deps;

  const resultOf = ({ changed, refused, takenBack }: SwitchedJobs): ActionResult => ({
    done: changed.length,
    failures: refused.map(({ id, error }) => ({ jobId: id, code: error.code, message: error.message })),
    afterCommit: async () => {
      await removeTakenBack(deps, takenBack);
      await dispatchSoon(changed);
    },
  });

  const switchJobs = async (
    tx: Queryable,
    jobs: readonly JobState[],
    isActive: boolean,
    now: Date,
  ): Promise<ActionResult> => {
    const wrong = jobs.filter((job) => job.isActive !== isActive);
    return resultOf(await setActive(tx, wrong, isActive, { now }));
  };

  const spread = async (
    tx: Queryable,
    { id, spread: window }: Operation,
    jobs: readonly JobState[],
    now: Date,
  ): Promise<ActionResult> => {
    if (window === null) throw new Error(`the operation ${id} has no window`);
    return resultOf(await spreadJobs(tx, jobs, window, now));
  };

  const remove = async (tx: Queryable, jobs: readonly JobState[], now: Date): Promise<ActionResult> => {
    const takenBack = await deleteJobs(tx, jobs, now);
    return { done: jobs.length, failures: [], afterCommit: () => removeTakenBack(deps, takenBack) };
  };

  /** Stores executions. The rate spreads them over the time that the batch stands for. */
  const runPaced = async (
    tx: Queryable,
    { pacedUntil, ratePerSecond }: Operation & Progress,
    executions: readonly NewUnscheduled[],
    now: Date,
  ): Promise<ActionResult> => {
    const startMs = Math.max(pacedUntil.getTime(), now.getTime());
    const dueMs = (place: number) => startMs + Math.floor(place / ratePerSecond) * 1_000;
    const stored = [];
    for (const [atMs, batch] of Map.groupBy(executions.entries(), ([place]) => dueMs(place))) {
      const some = batch.map(([, execution]) => execution);
      stored.push(...(await insertUnscheduled(tx, some, new Date(atMs))));
    }
    const live = stored.filter((execution) => execution !== undefined);
    return { done: live.length, failures: [], afterCommit: () => deliverUnscheduled(live) };
  };

  const run: ActOn = async (tx, operation, ids, now) => {
    const runs = ids.map((jobId): NewUnscheduled => ({
      jobId,
      trigger: 'MANUAL',
      originId: null,
      body: null,
    }));
    return runPaced(tx, operation, runs, now);
  };

  const redrive: ActOn = async (tx, operation, ids, now) => {
    if (operation.redrive === null) throw new Error(`the redrive ${operation.id} has no failure group`);
    const failures = await findToRedrive(tx, operation.redrive, ids);
    return runPaced(tx, operation, failures.map(repeatOf), now);
  };

  const tag = async (
    tx: Queryable,
    { tags }: Operation,
    jobs: readonly JobState[],
    now: Date,
  ): Promise<ActionResult> => {
    const changed = await tagJobs(tx, idsOf(jobs), { ...tags, maxTags: limits.tagCount }, now);
    return { done: changed.length, failures: [] };
  };

  const group = async (
    tx: Queryable,
    { group: wanted }: Operation,
    jobs: readonly JobState[],
    now: Date,
  ): Promise<ActionResult> => {
    const changed = await groupJobs(tx, idsOf(jobs), wanted, now);
    return { done: changed.length, failures: [] };
  };

  return async (tx, operation, ids, now) => {
    switch (operation.action) {
      case 'pause':
        return switchJobs(tx, await lockJobs(tx, ids), false, now);
      case 'resume':
        return switchJobs(tx, await lockJobs(tx, ids), true, now);
      case 'delete':
        return remove(tx, await lockJobs(tx, ids), now);
      case 'run':
        return run(tx, operation, ids, now);
      case 'redrive':
        return redrive(tx, operation, ids, now);
      case 'tag':
        return tag(tx, operation, await lockJobs(tx, ids), now);
      case 'group':
        return group(tx, operation, await lockJobs(tx, ids), now);
      case 'spread':
        return spread(tx, operation, await lockJobs(tx, ids), now);
    }
  };
}

const idsOf = (jobs: readonly JobState[]): number[] => jobs.map(({ id }) => id);
