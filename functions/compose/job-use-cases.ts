import { makeCancelExecution } from '../../lib/app/cancel-execution.ts';
import { makeChangeJob } from '../../lib/app/change-job.ts';
import { makeCreateJob, makeCreateJobs } from '../../lib/app/create-jobs.ts';
import { makePutJob } from '../../lib/app/put-job.ts';
import { makeDeleteJob } from '../../lib/app/delete-job.ts';
import { makeDeliver, makeDeliverEntries } from '../../lib/app/deliver.ts';
import { makeDeliverUnscheduled } from '../../lib/app/deliver-unscheduled.ts';
import { type DispatchDeps, makeDispatch } from '../../lib/app/dispatch.ts';
import { makeDispatchSoon } from '../../lib/app/dispatch-soon.ts';
import { makeResumingDispatch } from '../../lib/app/hibernate/resuming-dispatch.ts';
import { makeTicks } from '../../lib/app/hibernate/ticks.ts';
import { makeRetryExecution } from '../../lib/app/retry-execution.ts';
import { makeRunJob } from '../../lib/app/run-job.ts';
import type { CheckedClock } from '../../lib/clock/checked-clock.ts';
import type { TickSchedule } from '../../lib/eventbridge/tick-schedule.ts';
import type { DataKeys } from '../../lib/secrets/data-keys.ts';

export type JobParts = DispatchDeps & {
  clock: CheckedClock;
  dataKeys: DataKeys;
  /** Undefined if the minute tick is never turned off. */
  ticks: TickSchedule | undefined;
};

export type JobUseCases = ReturnType<typeof composeJobUseCases>;

/** Composes the use cases that create and change jobs. All functions use them, so all dispatch and turn on ticks the same way. */
export function composeJobUseCases(parts: JobParts) {
  const { ticks, clock } = parts;
  const dispatching = { ...parts, dispatch: makeDispatch(parts) };
  const dispatchSoon =
    ticks === undefined ? makeDispatchSoon(dispatching) : makeResumingDispatch({ ...dispatching, ticks });
  const minuteTicks = ticks === undefined ? undefined : makeTicks({ ...parts, ticks });
  const deliverUnscheduled = makeDeliverUnscheduled({
    ...parts,
    deliverEntries: makeDeliverEntries(parts),
    ensureTicks: minuteTicks?.ensure,
  });
  const deps = { ...parts, dispatchSoon, deliver: makeDeliver(parts), deliverUnscheduled };
  // A change keeps executions that are already due. The workers' clock decides which are due, so the check adopts its time.
  const byCheckedClock =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await clock.check();
      return work(...args);
    };
  const createJob = makeCreateJob(deps);
  const changeJob = byCheckedClock(makeChangeJob(deps));
  const deleteJob = byCheckedClock(makeDeleteJob(deps));
  return {
    dispatchSoon,
    deliverUnscheduled,
    ensureTicks: minuteTicks?.ensure,
    createJob,
    createJobs: makeCreateJobs(deps),
    changeJob,
    deleteJob,
    putJob: makePutJob({ ...parts, createJob, changeJob }),
    runJob: makeRunJob(deps),
    retryExecution: makeRetryExecution(deps),
    cancelExecution: makeCancelExecution(deps),
  };
}
