import { getFailedJobs, getFailure } from '../../lib/app/get-failure.ts';
import { listFailureGroups } from '../../lib/db/failure-groups.ts';
import { makeMarkFailure } from '../../lib/app/mark-failure.ts';
import { makeClaimRequest } from '../../lib/app/claim-request.ts';
import { makeCheckHealth } from '../../lib/app/check-health.ts';
import { makeCreateApiKey } from '../../lib/app/create-api-key.ts';
import { type FindApiKey, makeFindApiKey } from '../../lib/app/find-api-key.ts';
import { findKeyPatiently } from '../../lib/app/hibernate/find-key-patiently.ts';
import { makeReadQueueStats } from '../../lib/app/queue-stats.ts';
import { makeOperations } from '../../lib/app/start-operation.ts';
import { makeReadAuditLog } from '../../lib/app/read-audit-log.ts';
import { makeExplainExecution } from '../../lib/app/explain-execution.ts';
import { getExecution } from '../../lib/app/read-execution.ts';
import { listGroups } from '../../lib/app/list-groups.ts';
import { makeListHosts } from '../../lib/app/list-hosts.ts';
import { listExecutions } from '../../lib/app/list-executions.ts';
import { readCalendar } from '../../lib/app/read-calendar.ts';
import { listAllUpcoming, listJobUpcoming } from '../../lib/app/list-upcoming.ts';
import { getJobs } from '../../lib/app/list-jobs.ts';
import { getApiKeys } from '../../lib/app/read-api-keys.ts';
import { getHistory, getJobStats, getJob, getJobId, getSchedule } from '../../lib/app/read-jobs.ts';
import { listFailingJobs } from '../../lib/app/list-failing-jobs.ts';
import { summarizeJobs } from '../../lib/app/summarize-jobs.ts';
import { makeReadMetrics } from '../../lib/app/read-metrics.ts';
import { readGroupStats } from '../../lib/app/read-group-stats.ts';
import { readStats } from '../../lib/app/read-stats.ts';
import { makeRevokeApiKey } from '../../lib/app/revoke-api-key.ts';
import { makeCreateSigningKey } from '../../lib/app/signing-keys/create-signing-key.ts';
import { makeReadSigningSecret } from '../../lib/app/signing-keys/read-signing-secret.ts';
import { makeRevokeSigningKey } from '../../lib/app/signing-keys/revoke-signing-key.ts';
import { makeReadScheduleLoad } from '../../lib/app/schedule-load.ts';
import { checkingInBackground } from '../../lib/clock/checked-clock.ts';
import { listSigningKeys } from '../../lib/db/signing-keys.ts';
import type { FunctionLogger } from '../../lib/logger.ts';
import type { AskQueue } from '../../lib/sqs/ask-queue.ts';
import { functions } from '../../lib/topology.ts';
import type { ApiDeps } from './api-deps.ts';
import { composeRunOperations } from './operations.ts';
import { composeJobUseCases, type JobParts } from './job-use-cases.ts';

export type ApiParts = JobParts & {
  logger: FunctionLogger;
  askQueue: AskQueue;
} & Pick<ApiDeps, 'admit' | 'rateLimit' | 'corsOrigins' | 'outgoing' | 'deployment'>;

/** How often the clock is checked. It only plans jobs; a worker, which sends requests, checks its clock at each run. */
const CHECK_CLOCK_EVERY_MS = 60_000;

/** How long a request waits for a paused database. The rest of the function's timeout remains to serve the request. */
const WAKE_MS = (functions.api.timeoutSeconds - 6) * 1_000;

/** Composes the use cases behind the API. */
export function composeApi(parts: ApiParts): ApiDeps {
  const { clock, logger, pool, admit, rateLimit, corsOrigins, outgoing, deployment } = parts;
  const jobs = composeJobUseCases(parts);
  const { dispatchSoon: _, deliverUnscheduled: __, ...jobUseCases } = jobs;
  const now = (): Date => new Date(clock.nowMs());
  return {
    clock,
    checkClock: checkingInBackground(clock, {
      everyMs: CHECK_CLOCK_EVERY_MS,
      monotonicMs: () => performance.now(),
    }),
    logger,
    ...jobUseCases,
    listJobs: (filter, page) => getJobs(pool, filter, page, now()),
    listFailingJobs: (page) => listFailingJobs(pool, page, now()),
    summarizeJobs: (ids, { runs }) => summarizeJobs(pool, ids, { runs, now: now() }),
    getJob: (id) => getJob(pool, id, now()),
    getJobId: (key) => getJobId(pool, key),
    getSchedule: (id) => getSchedule(pool, id, now()),
    readJobStats: (id, span) => getJobStats(pool, id, span),
    listHistory: (id, page) => getHistory(pool, id, page, now()),
    getExecution: (id) => getExecution(pool, id),
    explainExecution: makeExplainExecution(parts),
    listJobUpcoming: (id, page) => listJobUpcoming(pool, id, page, now()),
    readCalendar: () => readCalendar(pool, now()),
    listAllUpcoming: (page) => listAllUpcoming(pool, page, now()),
    listExecutions: (filter, page) => listExecutions(pool, filter, page, now()),
    listFailures: (page) => listFailureGroups(pool, page, now()),
    getFailure: (id) => getFailure(pool, id, now()),
    listFailedJobs: (id, page) => getFailedJobs(pool, id, page, now()),
    markFailure: makeMarkFailure(parts),
    readScheduleLoad: makeReadScheduleLoad(parts),
    queueStats: makeReadQueueStats(parts),
    listGroups: (asked) => listGroups(pool, asked, now()),
    listHosts: makeListHosts(parts),
    readStats: (asked) => readStats(pool, asked, now()),
    readGroupStats: (asked) => readGroupStats(pool, asked, now()),
    readMetrics: makeReadMetrics(parts),
    checkHealth: makeCheckHealth(parts),
    claimRequest: makeClaimRequest(parts),
    createApiKey: makeCreateApiKey(parts),
    listApiKeys: (page) => getApiKeys(pool, page),
    revokeApiKey: makeRevokeApiKey(parts),
    operations: makeOperations({ ...parts, ...jobs, runOperations: composeRunOperations(parts, jobs) }),
    readAuditLog: makeReadAuditLog(parts),
    findApiKey: composeFindApiKey(parts),
    createSigningKey: makeCreateSigningKey(parts),
    listSigningKeys: (page) => listSigningKeys(pool, page),
    readSigningSecret: makeReadSigningSecret(parts),
    revokeSigningKey: makeRevokeSigningKey(parts),
    admit,
    rateLimit,
    corsOrigins,
    outgoing,
    deployment,
  };
}

/** Composes the look-up of API keys. It waits for the database only with hibernation: otherwise the database never pauses. */
function composeFindApiKey(parts: ApiParts): FindApiKey {
  const findApiKey = makeFindApiKey(parts);
  if (parts.ticks === undefined) return findApiKey;
  return findKeyPatiently({ findApiKey, clock: parts.clock, waitMs: WAKE_MS });
}
