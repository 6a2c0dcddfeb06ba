import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Caller } from '../../lib/domain/api-key.ts';
import type { AuditEntry } from '../../lib/domain/audit-log.ts';
import { auditEntryResource } from '../../lib/api/audit-resource.ts';
import { auditQuerySchema, toAuditFilters } from '../../lib/api/audit-query.ts';
import { byOf } from '../../lib/api/by.ts';
import { parseCursor } from '../../lib/api/cursor.ts';
import { batchReply, refuseLargeReply } from '../../lib/api/batch-reply.ts';
import { readJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { listReply } from '../../lib/api/list-reply.ts';
import { openApiJson } from '../../lib/api/openapi.ts';
import { parseNewApiKey } from '../../lib/api/parse-api-key.ts';
import { parseJobChanges, parseNewJob, parseNewJobs } from '../../lib/api/parse-job.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { emptyReply, jsonReply, jsonTextReply } from '../../lib/api/reply.ts';
import { apiKeyResource, jobJson, jobScheduleResource } from '../../lib/api/resources.ts';
import type { DeepHealth, Health } from '../../lib/api/resource-schemas.ts';
import type { RouteKey } from '../../lib/api/route-table.ts';
import { version } from '../../lib/version.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import { makeListEndpoints } from './list-endpoints.ts';
import { makeSigningKeyEndpoints } from './signing-key-endpoints.ts';

const versions = { version, timeZoneData: ZONE_DATA_VERSION };

/** Serves a route. @param caller the API key of the request; on an open route a key without scopes. */
export type Endpoint = (event: APIGatewayProxyEvent, caller: Caller) => Promise<APIGatewayProxyResult>;

/** Makes the endpoint of each route. Its type requires an endpoint for every route of the topology. */
export const makeEndpoints = (deps: ApiDeps): Record<RouteKey, Endpoint> => ({
  ...makeListEndpoints(deps),
  ...makeSigningKeyEndpoints(deps),
  'POST /api/v1/jobs': async (event, caller) => {
    parseQuery(noQuerySchema, event);
    const job = await deps.createJob(
      parseNewJob(readJson(event, apiLimits.jobBodyBytes), deps.outgoing, deps.clock.nowMs()),
      byOf(event, caller),
    );
    return jsonTextReply(201, jobJson(job), { location: locationOf(event, job.id) });
  },
  'POST /api/v1/jobs/batch': async (event, caller) => {
    parseQuery(noQuerySchema, event);
    const json = readJson(event, apiLimits.batchBodyBytes);
    const asked = parseNewJobs(json, deps.outgoing, deps.clock.nowMs());
    refuseLargeReply(asked);
    return batchReply(await deps.createJobs(asked, byOf(event, caller)));
  },
  'GET /api/v1/jobs/{id}': async (event) => jsonTextReply(200, jobJson(await deps.getJob(idOf(event)))),
  'PATCH /api/v1/jobs/{id}': async (event, caller) => {
    const id = idOf(event);
    const { changes, readBack } = parseJobChanges(readJson(event, apiLimits.jobBodyBytes), deps.outgoing);
    const job = await deps.changeJob(id, changes, { readBack, by: byOf(event, caller) });
    // A key without the scope `read` must not see the rest of the job.
    return caller.scopes.includes('read') ? jsonTextReply(200, jobJson(job)) : emptyReply();
  },
  'DELETE /api/v1/jobs/{id}': async (event, caller) => {
    await deps.deleteJob(idOf(event), { by: byOf(event, caller) });
    return emptyReply();
  },
  'GET /api/v1/jobs/{id}/schedule': async (event) =>
    jsonReply(200, jobScheduleResource(await deps.getSchedule(idOf(event)))),
  'GET /queue/stats': async (event) => {
    parseQuery(noQuerySchema, event);
    return jsonReply(200, { queue_stats: await deps.queueStats() });
  },
  'POST /api/v1/keys': async (event, caller) => {
    parseQuery(noQuerySchema, event);
    const { key, ...apiKey } = await deps.createApiKey(
      parseNewApiKey(readJson(event, apiLimits.keyBodyBytes)),
      byOf(event, caller),
    );
    return jsonReply(201, { ...apiKeyResource(apiKey), key });
  },
  'DELETE /api/v1/keys/{id}': async (event, caller) => {
    parseQuery(noQuerySchema, event);
    await deps.revokeApiKey(parseId(event.pathParameters?.['id'], 'key'), byOf(event, caller));
    return emptyReply();
  },
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

/** Returns API Gateway's stage, such as `/v1` of `/v1/openapi.json`. It is empty on one machine and on a custom domain. */
function pathInFront({ requestContext, path }: APIGatewayProxyEvent): string {
  return (requestContext.path || path).replace(/\/openapi\.json\/?$/, '');
}

// The context's path starts with the stage (`/prod/api/…`); the event's path does not.
function locationOf({ requestContext, path }: APIGatewayProxyEvent, id: number): string {
  return `${(requestContext.path || path).replace(/\/$/, '')}/${id}`;
}
