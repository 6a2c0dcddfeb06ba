import { setBy } from '../db/audit-log.ts';
import { groupJobs, tagJobs } from '../db/operations.ts';
import { findJob } from '../db/jobs.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { findToRedrive } from '../db/redrive-failures.ts';
import { insertUnscheduled, type NewUnscheduled } from '../db/unscheduled-executions.ts';
import { BelfryError, JobNotFoundError } from '../domain/errors.ts';
import { limits } from '../domain/job.ts';
import type { Operation, OperationFailure, Progress } from '../domain/operation.ts';
import type { ChangeJob } from './change-job.ts';
import type { DeleteJob } from './delete-job.ts';
import type { DeliverUnscheduled } from './deliver-unscheduled.ts';

export type ActionResult = {
  /** The number of jobs that were changed. */
  done: number;
  failures: readonly OperationFailure[];
  /** Called after the commit of the batch. It never rejects. */
  afterCommit?: () => Promise<void>;
};

/** Acts on the jobs of a batch. */
export type ActOn = (
  tx: Queryable,
  operation: Operation & Progress,
  ids: readonly number[],
  now: Date,
) => Promise<ActionResult>;

type Change = (id: number, now: Date) => Promise<'changed' | 'as wanted'>;

/**
 * Makes the function that acts on the jobs of a batch. Pauses, resumes and deletions are the use cases of the API, each in a
 * transaction of its own, so that an operation does nothing that a request could not do. Runs, tags and groups are stored in the
 * transaction of the batch.
 */
export function makeActOn(deps: {
  pool: Pool;
  changeJob: ChangeJob;
  deleteJob: DeleteJob;
  deliverUnscheduled: DeliverUnscheduled;
}): ActOn {
  const { pool, changeJob, deleteJob, deliverUnscheduled } = deps;

  const setActive = async (
    { by }: Operation,
    id: number,
    isActive: boolean,
    now: Date,
  ): Promise<'changed' | 'as wanted'> => {
    const job = await findJob(pool, id, now);
    if (job === undefined || job.isActive === isActive) return 'as wanted';
    await changeJob(id, { isActive }, { by });
    return 'changed';
  };

  /** Stores executions. The rate spreads them over the time that the batch stands for. */
  const runSpread = async (
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
    return runSpread(tx, operation, runs, now);
  };

  const redrive: ActOn = async (tx, operation, ids, now) => {
    if (operation.redrive === null) throw new Error(`the redrive ${operation.id} has no failure group`);
    const failures = await findToRedrive(tx, operation.redrive, ids);
    const repeats = failures.map(({ jobId, executionId, body }): NewUnscheduled => ({
      jobId,
      trigger: 'REDRIVE',
      originId: executionId,
      body,
    }));
    return runSpread(tx, operation, repeats, now);
  };

  const tag: ActOn = async (tx, { by, tags }, ids, now) => {
    await setBy(tx, by);
    const changed = await tagJobs(tx, ids, { ...tags, maxTags: limits.tagCount }, now);
    return { done: changed.length, failures: [] };
  };

  const group: ActOn = async (tx, { by, group: wanted }, ids, now) => {
    await setBy(tx, by);
    const changed = await groupJobs(tx, ids, wanted, now);
    return { done: changed.length, failures: [] };
  };

  const changeEach = async (ids: readonly number[], now: Date, change: Change): Promise<ActionResult> => {
    const failures: OperationFailure[] = [];
    let done = 0;
    for (const id of ids) {
      try {
        if ((await change(id, now)) === 'changed') done += 1;
      } catch (error) {
        // The job was deleted in the meantime: it counts as skipped.
        if (error instanceof JobNotFoundError) continue;
        if (!isOfJob(error)) throw error;
        failures.push({ jobId: id, code: error.code, message: error.message });
      }
    }
    return { done, failures };
  };

  return async (tx, operation, ids, now) => {
    switch (operation.action) {
      case 'pause':
        return changeEach(ids, now, (id) => setActive(operation, id, false, now));
      case 'resume':
        return changeEach(ids, now, (id) => setActive(operation, id, true, now));
      case 'delete':
        return changeEach(ids, now, async (id) => {
          await deleteJob(id, { by: operation.by });
          return 'changed';
        });
      case 'run':
        return run(tx, operation, ids, now);
      case 'redrive':
        return redrive(tx, operation, ids, now);
      case 'tag':
        return tag(tx, operation, ids, now);
      case 'group':
        return group(tx, operation, ids, now);
    }
  };
}

/** Tells an error of one job from a failure of PostgreSQL, which ends the batch. */
const isOfJob = (error: unknown): error is BelfryError =>
  error instanceof BelfryError && error.code !== 'UNAVAILABLE';
