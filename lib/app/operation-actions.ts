import { type JobState, lockJobs } from '../db/job-states.ts';
import { groupJobs, tagJobs } from '../db/operations.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { limits } from '../domain/job.ts';
import type { Operation } from '../domain/operation.ts';
import type { Logger } from '../logger.ts';
import type { Queue } from '../redis/queue.ts';
import type { ActionResult, ActOn } from './act-on.ts';
import { deleteJobs } from './delete-job.ts';
import type { DeliverUnscheduled } from './deliver-unscheduled.ts';
import type { DispatchSoon } from './dispatch-soon.ts';
import { makePacedActions } from './paced-executions.ts';
import { removeTakenBack } from './remove-taken-back.ts';
import { setActive, type SwitchedJobs } from './set-active.ts';
import { spreadJobs } from './spread-jobs.ts';

/** Acts on jobs that the transaction has locked. */
type ActOnLocked = (
  tx: Queryable,
  operation: Operation,
  jobs: readonly JobState[],
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
  const resultOf = ({ changed, refused, takenBack }: SwitchedJobs): ActionResult => ({
    done: changed.length,
    failures: refused.map(({ id, error }) => ({ jobId: id, code: error.code, message: error.message })),
    afterCommit: async () => {
      await removeTakenBack(deps, takenBack);
      await deps.dispatchSoon(changed);
    },
  });

  const switchTo =
    (isActive: boolean): ActOnLocked =>
    async (tx, _operation, jobs, now) => {
      const wrong = jobs.filter((job) => job.isActive !== isActive);
      return resultOf(await setActive(tx, wrong, isActive, { now }));
    };

  const spread: ActOnLocked = async (tx, { id, spread: window }, jobs, now) => {
    if (window === null) throw new Error(`the operation ${id} has no window`);
    return resultOf(await spreadJobs(tx, jobs, window, now));
  };

  const remove: ActOnLocked = async (tx, _operation, jobs, now) => {
    const takenBack = await deleteJobs(tx, jobs, now);
    return { done: jobs.length, failures: [], afterCommit: () => removeTakenBack(deps, takenBack) };
  };

  const actions: Record<Operation['action'], ActOn> = {
    pause: locked(switchTo(false)),
    resume: locked(switchTo(true)),
    delete: locked(remove),
    tag: locked(tag),
    group: locked(group),
    spread: locked(spread),
    ...makePacedActions(deps.deliverUnscheduled),
  };
  return (tx, operation, ids, now) => actions[operation.action](tx, operation, ids, now);
}

/** Locks the jobs before the action. */
const locked =
  (act: ActOnLocked): ActOn =>
  async (tx, operation, ids, now) =>
    act(tx, operation, await lockJobs(tx, ids), now);

const tag: ActOnLocked = async (tx, { tags }, jobs, now) => {
  const changed = await tagJobs(tx, idsOf(jobs), { ...tags, maxTags: limits.tagCount }, now);
  return { done: changed.length, failures: [] };
};

const group: ActOnLocked = async (tx, { group: wanted }, jobs, now) => {
  const changed = await groupJobs(tx, idsOf(jobs), wanted, now);
  return { done: changed.length, failures: [] };
};

const idsOf = (jobs: readonly JobState[]): number[] => jobs.map(({ id }) => id);
