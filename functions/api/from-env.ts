import { makeCheckHealth } from '../../lib/app/check-health.ts';
import { makeCreateApiKey } from '../../lib/app/create-api-key.ts';
import { type FindApiKey, makeFindApiKey } from '../../lib/app/find-api-key.ts';
import { findKeyPatiently } from '../../lib/app/hibernate/find-key-patiently.ts';
import { makeReadQueueStats } from '../../lib/app/queue-stats.ts';
import { getHistory, getJob, getSchedule, getUpcoming } from '../../lib/app/read-jobs.ts';
import { makeRevokeApiKey } from '../../lib/app/revoke-api-key.ts';
import { checkingInBackground } from '../../lib/clock/checked-clock.ts';
import { listApiKeys } from '../../lib/db/api-keys.ts';
import { listJobs } from '../../lib/db/list-jobs.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { databaseConnections, functions } from '../../lib/topology.ts';
import { type Connections, connectWithKeysFromEnv } from '../compose/connections.ts';
import { jobUseCases } from '../compose/job-use-cases.ts';
import type { ApiDeps } from './api-deps.ts';

/** Jobs are planned by this clock, and nothing is sent by it: a worker's is checked each time. */
const CHECK_CLOCK_EVERY_MS = 60_000;

/** A request that found the database paused waits for so long, and has the rest of its time to be answered. */
const WAKE_MS = (functions.api.timeoutSeconds - 6) * 1_000;

export function fromEnv(): ApiDeps {
  const connections = connectWithKeysFromEnv('belfry-api', process.env, {
    databaseConnections: databaseConnections.api,
    statementTimeoutMs: 10_000,
    publishTimeoutMs: 5_000,
  });
  connections.logger.info('function_started', { timeZoneData: ZONE_DATA_VERSION });
  const { config, clock, logger, pool, admit } = connections;
  const { createJob, createJobs, changeJob, deleteJob } = jobUseCases(connections);
  const now = (): Date => new Date(clock.nowMs());
  return {
    clock,
    checkClock: checkingInBackground(clock, {
      everyMs: CHECK_CLOCK_EVERY_MS,
      monotonicMs: () => performance.now(),
    }),
    logger,
    createJob,
    createJobs,
    changeJob,
    deleteJob,
    listJobs: (page) => listJobs(pool, page, now()),
    getJob: (id) => getJob(pool, id, now()),
    getSchedule: (id) => getSchedule(pool, id, now()),
    listHistory: (id, page) => getHistory(pool, id, page, now()),
    listUpcoming: (id, page) => getUpcoming(pool, id, page),
    queueStats: makeReadQueueStats(connections),
    checkHealth: makeCheckHealth(connections),
    createApiKey: makeCreateApiKey(connections),
    listApiKeys: (page) => listApiKeys(pool, page),
    revokeApiKey: makeRevokeApiKey(connections),
    findApiKey: composeFindApiKey(connections),
    admit,
    rateLimit: config.rateLimit,
    corsOrigins: config.corsOrigins,
    outgoing: config.outgoing,
  };
}

/** Only where ticks end for a while can the database pause. */
function composeFindApiKey(connections: Connections): FindApiKey {
  const findApiKey = makeFindApiKey(connections);
  if (connections.config.hibernate === undefined) return findApiKey;
  return findKeyPatiently({ findApiKey, clock: connections.clock, waitMs: WAKE_MS });
}
