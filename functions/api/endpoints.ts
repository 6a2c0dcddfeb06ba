import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { AuditEntry } from '../../lib/domain/audit-log.ts';
import type { JobExecution } from '../../lib/domain/execution.ts';
import type { Job } from '../../lib/domain/job.ts';
import { type ApiKey, apiKeyScopes } from '../../lib/domain/api-key.ts';
import { auditEntryResource } from '../../lib/api/audit-resource.ts';
import { auditQuerySchema, toAuditFilters } from '../../lib/api/audit-query.ts';
import { byOf } from '../../lib/api/by.ts';
import { parseCursor } from '../../lib/api/cursor.ts';
import { calendarQuerySchema, calendarReply } from '../../lib/api/calendar.ts';
import { batchReply, refuseLargeReply } from '../../lib/api/batch-reply.ts';
import { parseRetry, parseRun } from '../../lib/api/execution-requests.ts';
import { changedJobReply, jobReply } from '../../lib/api/job-reply.ts';
import { parseIfMatch } from '../../lib/api/preconditions.ts';
import { readJson, readOptionalJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { listReply } from '../../lib/api/list-reply.ts';
import { OPEN_METRICS_TYPE, openMetricsText } from '../../lib/api/open-metrics.ts';
import { openApiJson } from '../../lib/api/openapi.ts';
import { statsQuerySchema, toAskedStats } from '../../lib/api/stats-query.ts';
import { statsResource } from '../../lib/api/stats-resource.ts';
import { SecretShownError } from '../../lib/api/errors.ts';
import { problemReply } from '../../lib/api/problem.ts';
import { parseNewApiKey } from '../../lib/api/parse-api-key.ts';
import { parseJobChanges, parseNewJob, parseNewJobs } from '../../lib/api/parse-job.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { emptyReply, jsonReply } from '../../lib/api/reply.ts';
import {
  apiKeyResource,
  cancelledExecutionResource,
  jobExecutionResource,
  jobScheduleResource,
} from '../../lib/api/resources.ts';
import type { DeepHealth, Health, OwnApiKey } from '../../lib/api/resource-schemas.ts';
import type { RouteKey } from '../../lib/api/route-table.ts';
import { version } from '../../lib/version.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { makeOperationEndpoints } from './operation-endpoints.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import { makeExecutionEndpoints } from './execution-endpoints.ts';
import { makeKeyedJobEndpoints } from './keyed-job-endpoints.ts';
import { makeFailureEndpoints } from './failure-endpoints.ts';
import { makeGroupEndpoints } from './group-endpoints.ts';
import { makeListEndpoints } from './list-endpoints.ts';
import { makeScheduleEndpoints } from './schedule-endpoints.ts';
import { makeSigningKeyEndpoints } from './signing-key-endpoints.ts';
import type { Endpoint } from './endpoint.ts';

const versions = { version, timeZoneData: ZONE_DATA_VERSION };

/** Makes the endpoint of each route. Its type requires an endpoint for every route of the topology. */
export const makeEndpoints = (deps: ApiDeps): Record<RouteKey, Endpoint> => ({
  ...makeFailureEndpoints(deps),
  ...makeGroupEndpoints(deps),
  ...makeListEndpoints(deps),
  ...makeScheduleEndpoints(deps),
  ...makeExecutionEndpoints(deps),
  ...makeKeyedJobEndpoints(deps),
  ...makeSigningKeyEndpoints(deps),
  'POST /api/v1/jobs': async (event, caller, keep) => {
    parseQuery(noQuerySchema, event);
    const answer = (job: Job) => jobReply(201, job, { location: locationOf(event, job.id) });
    const job = parseNewJob(readJson(event, apiLimits.jobBodyBytes), deps.outgoing, deps.clock.nowMs());
    return answer(await deps.createJob(job, byOf(event, caller), keep(answer)));
  },
  'POST /api/v1/jobs/batch': async (event, caller, keep) => {
    parseQuery(noQuerySchema, event);
    const json = readJson(event, apiLimits.batchBodyBytes);
    const asked = parseNewJobs(json, deps.outgoing, deps.clock.nowMs());
    refuseLargeReply(asked);
    return batchReply(await deps.createJobs(asked, byOf(event, caller), keep(batchReply)));
  },
  'GET /api/v1/jobs/{id}': async (event) => jobReply(200, await deps.getJob(idOf(event))),
  'PATCH /api/v1/jobs/{id}': async (event, caller) => {
    const id = idOf(event);
    const { changes, readBack } = parseJobChanges(readJson(event, apiLimits.jobBodyBytes), deps.outgoing);
    const options = { readBack, by: byOf(event, caller), ifMatch: parseIfMatch(event) };
    return changedJobReply(await deps.changeJob(id, changes, options), caller);
  },
  'DELETE /api/v1/jobs/{id}': async (event, caller) => {
    await deps.deleteJob(idOf(event), { by: byOf(event, caller), ifMatch: parseIfMatch(event) });
    return emptyReply();
  },
  'POST /api/v1/jobs/{id}/run': async (event, caller, keep) => {
    const id = idOf(event);
    const options = parseRun(readOptionalJson(event, apiLimits.jobBodyBytes));
    const by = byOf(event, caller);
    return createdExecution(await deps.runJob(id, { ...options, by }, keep(createdExecution)));
  },
  'POST /api/v1/jobs/{id}/pause': switchJob(deps, { isActive: false }),
  'POST /api/v1/jobs/{id}/resume': switchJob(deps, { isActive: true }),
  'GET /api/v1/jobs/{id}/schedule': async (event) =>
    jsonReply(200, jobScheduleResource(await deps.getSchedule(idOf(event)))),
  'POST /api/v1/executions/{id}/retry': async (event, caller, keep) => {
    const id = executionIdOf(event);
    const options = parseRetry(readOptionalJson(event, apiLimits.jobBodyBytes));
    const by = byOf(event, caller);
    return createdExecution(await deps.retryExecution(id, { ...options, by }, keep(createdExecution)));
  },
  'POST /api/v1/executions/{id}/cancel': async (event, caller, keep) => {
    const answer = (execution: JobExecution) => {
      // A key without the scope `read` must not see the rest of the execution.
      if (!caller.scopes.includes('read')) return emptyReply();
      const statusCode = execution.status === 'RUNNING' ? 202 : 200;
      return jsonReply(statusCode, cancelledExecutionResource(execution));
    };
    const by = byOf(event, caller);
    return answer(await deps.cancelExecution(executionIdOf(event), { by }, keep(answer)));
  },
  'GET /queue/stats': async (event) => {
    parseQuery(noQuerySchema, event);
    return jsonReply(200, { queue_stats: await deps.queueStats() });
  },
  'GET /api/v1/stats': async (event) => {
    const query = parseQuery(statsQuerySchema, event);
    return jsonReply(200, statsResource(await deps.readStats(toAskedStats(query)), query.group));
  },
  'GET /metrics': async (event) => {
    parseQuery(noQuerySchema, event);
    return {
      statusCode: 200,
      headers: { 'content-type': OPEN_METRICS_TYPE },
      body: openMetricsText(await deps.readMetrics(), version),
    };
  },
  'POST /api/v1/keys': async (event, caller, keep) => {
    parseQuery(noQuerySchema, event);
    const { key, ...apiKey } = await deps.createApiKey(
      parseNewApiKey(readJson(event, apiLimits.keyBodyBytes)),
      byOf(event, caller),
      keep(({ id, name }: ApiKey) =>
        problemReply(
          new SecretShownError(`the API key ${id} ("${name}")`, 'revoke it, and create another one'),
        ),
      ),
    );
    return jsonReply(201, { ...apiKeyResource(apiKey), key });
  },
  'GET /api/v1/keys/me': async (event, { id, name, scopes }) => {
    parseQuery(noQuerySchema, event);
    return jsonReply(200, {
      id,
      name,
      scopes: apiKeyScopes.filter((scope) => scopes.includes(scope)),
      deployment: deps.deployment ?? null,
    } satisfies OwnApiKey);
  },
  'DELETE /api/v1/keys/{id}': async (event, caller) => {
    parseQuery(noQuerySchema, event);
    await deps.revokeApiKey(parseId(event.pathParameters?.['id'], 'key'), byOf(event, caller));
    return emptyReply();
  },
  'GET /calendar.ics': async (event) => {
    parseQuery(calendarQuerySchema, event);
    return calendarReply(await deps.readCalendar(), deps.clock.nowMs());
  },
  ...makeOperationEndpoints(deps),
  'GET /api/v1/audit': async (event) => {
    const { limit, cursor, ...filters } = parseQuery(auditQuerySchema, event);
    const afterId = parseCursor('audit', cursor);
    const { items, lastId } = await deps.readAuditLog({ ...toAuditFilters(filters), limit, afterId });
    const page = { items, next: lastId === null ? undefined : String(lastId) };
    return listReply('audit', page, { limit, offset: undefined }, ofAuditEntries);
  },
  'GET /health/deep': async (event) => {
    parseQuery(noQuerySchema, event);
    const health: DeepHealth = { ...(await deps.checkHealth()), ...versions };
    return jsonReply(health.status === 'ok' ? 200 : 503, health);
  },
  // The two open routes ignore query parameters, because probes and caches add their own.
  'GET /health': async () => jsonReply(200, { status: 'ok', ...versions } satisfies Health),
  'GET /openapi.json': async (event) => ({
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: openApiJson(pathInFront(event)),
  }),
});

const ofAuditEntries = {
  json: (entry: AuditEntry) => JSON.stringify(auditEntryResource(entry)),
  position: (entry: AuditEntry) => String(entry.id),
};

/** Returns the job's id on a route without query parameters. */
function idOf(event: APIGatewayProxyEvent): number {
  parseQuery(noQuerySchema, event);
  return parseId(event.pathParameters?.['id'], 'job');
}

/** Does the same for an execution. */
function executionIdOf(event: APIGatewayProxyEvent): number {
  parseQuery(noQuerySchema, event);
  return parseId(event.pathParameters?.['id'], 'execution');
}

const createdExecution = (execution: JobExecution) => jsonReply(201, jobExecutionResource(execution));

/** Pauses or resumes a job, as a PATCH of `isActive` does. */
const switchJob =
  (deps: ApiDeps, changes: { isActive: boolean }): Endpoint =>
  async (event, caller, keep) => {
    const answer = (job: Job) => changedJobReply(job, caller);
    const options = { by: byOf(event, caller), ifMatch: parseIfMatch(event), keepAnswer: keep(answer) };
    return answer(await deps.changeJob(idOf(event), changes, options));
  };

/** Returns API Gateway's stage, such as `/v1` of `/v1/openapi.json`. It is empty on one machine and on a custom domain. */
function pathInFront({ requestContext, path }: APIGatewayProxyEvent): string {
  return (requestContext.path || path).replace(/\/openapi\.json\/?$/, '');
}

// The context's path starts with the stage (`/prod/api/…`); the event's path does not.
function locationOf({ requestContext, path }: APIGatewayProxyEvent, id: number): string {
  return `${(requestContext.path || path).replace(/\/$/, '')}/${id}`;
}
