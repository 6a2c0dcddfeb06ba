import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { AuditEntry } from '../../lib/domain/audit-log.ts';
import type { Job } from '../../lib/domain/job.ts';
import { type ApiKey, apiKeyScopes } from '../../lib/domain/api-key.ts';
import { auditEntryResource } from '../../lib/api/audit-resource.ts';
import { auditQuerySchema, toAuditFilters } from '../../lib/api/audit-query.ts';
import { byOf } from '../../lib/api/by.ts';
import { parseCursor } from '../../lib/api/cursor.ts';
import { calendarQuerySchema, calendarReply } from '../../lib/api/calendar.ts';
import { batchReply, refuseLargeReply } from '../../lib/api/batch-reply.ts';
import { jobReply } from '../../lib/api/job-reply.ts';
import { readJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { listReply } from '../../lib/api/list-reply.ts';
import { OPEN_METRICS_TYPE, openMetricsText } from '../../lib/api/open-metrics.ts';
import { openApiJson } from '../../lib/api/openapi.ts';
import { statsQuerySchema, toAskedStats } from '../../lib/api/stats-query.ts';
import { statsResource } from '../../lib/api/stats-resource.ts';
import { SecretShownError } from '../../lib/api/errors.ts';
import { problemReply } from '../../lib/api/problem.ts';
import { parseNewApiKey } from '../../lib/api/parse-api-key.ts';
import { parseNewJob, parseNewJobs } from '../../lib/api/parse-job.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { emptyReply, jsonReply } from '../../lib/api/reply.ts';
import { apiKeyResource } from '../../lib/api/resources.ts';
import type { OwnApiKey } from '../../lib/api/resource-schemas.ts';
import type { DeepHealth, Health } from '../../lib/api/service-schemas.ts';
import type { RouteKey } from '../../lib/api/route-table.ts';
import { version } from '../../lib/version.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { makeOperationEndpoints } from './operation-endpoints.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import { makeExecutionEndpoints } from './execution-endpoints.ts';
import { makeJobEndpoints } from './job-endpoints.ts';
import { makeKeyedJobEndpoints } from './keyed-job-endpoints.ts';
import { makeFailureEndpoints } from './failure-endpoints.ts';
import { makeGroupEndpoints } from './group-endpoints.ts';
import { makeListEndpoints } from './list-endpoints.ts';
import { makeScheduleEndpoints } from './schedule-endpoints.ts';
import { makeSigningKeyEndpoints } from './signing-key-endpoints.ts';
import type { Endpoint } from './endpoint.ts';

const versions = { version, timeZoneData: ZONE_DATA_VERSION };

/** Makes the endpoint of each route. Its type requires an endpoint for every route of the topology. */
export const makeEndpoints = (
  deps: ApiDeps,
  jobsById = makeJobEndpoints(deps),
): Record<RouteKey, Endpoint> => ({
  ...makeFailureEndpoints(deps),
  ...makeGroupEndpoints(deps),
  ...makeListEndpoints(deps),
  ...makeScheduleEndpoints(deps),
  ...makeExecutionEndpoints(deps),
  ...jobsById,
  ...makeKeyedJobEndpoints(deps, jobsById),
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

/** Returns API Gateway's stage, such as `/v1` of `/v1/openapi.json`. It is empty on one machine and on a custom domain. */
function pathInFront({ requestContext, path }: APIGatewayProxyEvent): string {
  return (requestContext.path || path).replace(/\/openapi\.json\/?$/, '');
}

// The context's path starts with the stage (`/prod/api/…`); the event's path does not.
function locationOf({ requestContext, path }: APIGatewayProxyEvent, id: number): string {
  return `${(requestContext.path || path).replace(/\/$/, '')}/${id}`;
}
