import { makeCheckHealth } from '../../lib/app/check-health.ts';
import { getHistory, getJob, getSchedule } from '../../lib/app/read-jobs.ts';
import { findApiKey } from '../../lib/db/api-keys.ts';
import { listJobs } from '../../lib/db/jobs.ts';
import { connectFromEnv } from '../connections.ts';
import { jobUseCases } from '../job-use-cases.ts';
import type { ApiDeps } from './api-deps.ts';

export function fromEnv(): ApiDeps {
  const connections = connectFromEnv('belfry-api', process.env, {
    databaseConnections: 2,
    statementTimeoutMs: 10_000,
  });
  const { config, clock, logger, pool, queue } = connections;
  const { createJob, createJobs, changeJob, deleteJob } = jobUseCases(connections);
  const now = (): Date => new Date(clock.nowMs());
  return {
    clock,
    logger,
    createJob,
    createJobs,
    changeJob,
    deleteJob,
    listJobs: (page) => listJobs(pool, page, now()),
    getJob: (id) => getJob(pool, id, now()),
    getSchedule: (id) => getSchedule(pool, id, now()),
    listExecutions: (id, page) => getHistory(pool, id, page),
    queueStats: () => queue.stats(clock.nowMs()),
    checkHealth: makeCheckHealth(connections),
    findApiKey: (keyHash) => findApiKey(pool, keyHash),
    corsOrigins: config.corsOrigins,
    outgoing: config.outgoing,
  };
}
