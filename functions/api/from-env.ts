import { makeChangeJob } from '../../lib/app/change-job.ts';
import { makeCheckHealth } from '../../lib/app/check-health.ts';
import { makeCreateJob, makeCreateJobs } from '../../lib/app/create-jobs.ts';
import { makeDeleteJob } from '../../lib/app/delete-job.ts';
import { makeDispatchBatch } from '../../lib/app/dispatch.ts';
import { makeDispatchSoon } from '../../lib/app/dispatch-soon.ts';
import { makeResumingDispatch } from '../../lib/app/hibernate/resuming-dispatch.ts';
import { getHistory, getJob, getSchedule } from '../../lib/app/read-jobs.ts';
import { findApiKey } from '../../lib/db/api-keys.ts';
import { listJobs } from '../../lib/db/jobs.ts';
import { timings } from '../../lib/topology.ts';
import { connectFromEnv } from '../connections.ts';
import { dispatchSettings } from '../dispatch-settings.ts';
import { tickScheduleOf } from '../tick-schedule.ts';
import type { ApiDeps } from './api-deps.ts';

export function fromEnv(): ApiDeps {
  const connections = connectFromEnv('belfry-api', process.env, {
    databaseConnections: 2,
    statementTimeoutMs: 10_000,
  });
  const { config, clock, logger, pool, queue } = connections;
  const settings = { ...dispatchSettings(config), tickIntervalMs: timings.tickIntervalMs };
  const ticks = tickScheduleOf(config);
  const dispatching = {
    ...connections,
    dispatchBatch: makeDispatchBatch({ ...connections, settings }),
    settings,
  };
  const deps = {
    ...connections,
    dispatchSoon:
      ticks === undefined ? makeDispatchSoon(dispatching) : makeResumingDispatch({ ...dispatching, ticks }),
  };
  const now = (): Date => new Date(clock.nowMs());
  return {
    clock,
    logger,
    createJob: makeCreateJob(deps),
    createJobs: makeCreateJobs(deps),
    changeJob: makeChangeJob(deps),
    deleteJob: makeDeleteJob(deps),
    listJobs: (page) => listJobs(pool, page, now()),
    getJob: (id) => getJob(pool, id, now()),
    getSchedule: (id) => getSchedule(pool, id, now()),
    listExecutions: (id, page) => getHistory(pool, id, page),
    queueStats: () => queue.stats(clock.nowMs()),
    checkHealth: makeCheckHealth(deps),
    findApiKey: (keyHash) => findApiKey(pool, keyHash),
  };
}
