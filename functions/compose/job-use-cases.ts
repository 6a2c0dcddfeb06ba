import { makeChangeJob } from '../../lib/app/change-job.ts';
import { makeCreateJob, makeCreateJobs } from '../../lib/app/create-jobs.ts';
import { makeDeleteJob } from '../../lib/app/delete-job.ts';
import { makeDeliver } from '../../lib/app/deliver.ts';
import { type DispatchDeps, makeDispatch } from '../../lib/app/dispatch.ts';
import { makeDispatchSoon } from '../../lib/app/dispatch-soon.ts';
import { makeResumingDispatch } from '../../lib/app/hibernate/resuming-dispatch.ts';
import type { CheckedClock } from '../../lib/clock/checked-clock.ts';
import type { TickSchedule } from '../../lib/eventbridge/tick-schedule.ts';
import type { DataKeys } from '../../lib/secrets/data-keys.ts';

export type JobParts = DispatchDeps & {
  clock: CheckedClock;
  dataKeys: DataKeys;
  /** Undefined where the minute tick is never turned off. */
  ticks: TickSchedule | undefined;
};

export type JobUseCases = ReturnType<typeof composeJobUseCases>;

/** The use cases that make and change jobs. Every function that has them dispatches alike and turns the ticks on alike. */
export function composeJobUseCases(parts: JobParts) {
  const { ticks, clock } = parts;
  const dispatching = { ...parts, dispatch: makeDispatch(parts) };
  const dispatchSoon =
    ticks === undefined ? makeDispatchSoon(dispatching) : makeResumingDispatch({ ...dispatching, ticks });
  const deps = { ...parts, dispatchSoon, deliver: makeDeliver(parts) };
  // Whether an execution is due, and so keeps its run, is decided by the time of those that run it.
  const byCheckedClock =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await clock.check();
      return work(...args);
    };
  return {
    dispatchSoon,
    createJob: makeCreateJob(deps),
    createJobs: makeCreateJobs(deps),
    changeJob: byCheckedClock(makeChangeJob(deps)),
    deleteJob: byCheckedClock(makeDeleteJob(deps)),
  };
}
