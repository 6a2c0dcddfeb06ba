import { makeChangeJob } from '../../lib/app/change-job.ts';
import { makeCreateJob, makeCreateJobs } from '../../lib/app/create-jobs.ts';
import { makeDeleteJob } from '../../lib/app/delete-job.ts';
import { makeDeliver } from '../../lib/app/deliver.ts';
import { makeDispatch } from '../../lib/app/dispatch.ts';
import { makeDispatchSoon } from '../../lib/app/dispatch-soon.ts';
import { makeResumingDispatch } from '../../lib/app/hibernate/resuming-dispatch.ts';
import type { DataKeys } from '../../lib/secrets/data-keys.ts';
import type { Connections } from './connections.ts';
import { dispatchSettings } from './settings.ts';
import { tickScheduleOf } from './tick-schedule.ts';

/** What makes and changes jobs: in every function that does, it dispatches alike and turns the ticks on alike. */
export function jobUseCases(connections: Connections & { dataKeys: DataKeys }) {
  const { config } = connections;
  const settings = dispatchSettings(config);
  const ticks = tickScheduleOf(config);
  const dispatching = {
    ...connections,
    dispatch: makeDispatch({ ...connections, settings }),
    settings,
  };
  const dispatchSoon =
    ticks === undefined ? makeDispatchSoon(dispatching) : makeResumingDispatch({ ...dispatching, ticks });
  const deps = { ...dispatching, dispatchSoon, deliver: makeDeliver(dispatching) };
  // Whether an execution is due, and so keeps its run, is decided by the time of those that run it.
  const byCheckedClock =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await connections.clock.check();
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
