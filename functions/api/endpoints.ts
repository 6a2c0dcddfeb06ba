import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { ApiKey, Caller } from '../../lib/domain/api-key.ts';
import type { AuditEntry } from '../../lib/domain/audit-log.ts';
import type { JobExecution } from '../../lib/domain/execution.ts';
import type { ListedJob } from '../../lib/domain/job.ts';
import { auditEntryResource } from '../../lib/api/audit-resource.ts';
import { auditQuerySchema, toAuditFilters } from '../../lib/api/audit-query.ts';
import { byOf } from '../../lib/api/by.ts';
import { batchReply, refuseLargeReply } from '../../lib/api/batch-reply.ts';
import { parseCursor } from '../../lib/api/cursor.ts';
import { readJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { listReply } from '../../lib/api/list-reply.ts';
import { openApiJson } from '../../lib/api/openapi.ts';
import { parseNewApiKey } from '../../lib/api/parse-api-key.ts';
import { parseJobChanges, parseNewJob, parseNewJobs } from '../../lib/api/parse-job.ts';
import { parseId } from '../../lib/api/path-id.ts';
import {
  historyQuerySchema,
  jobsQuerySchema,
  noQuerySchema,
  pageQuerySchema,
  parseQuery,
} from '../../lib/api/query.ts';
import { emptyReply, jsonReply, jsonTextReply } from '../../lib/api/reply.ts';
import {
  apiKeyResource,
  jobExecutionResource,
  jobJson,
  jobScheduleResource,
} from '../../lib/api/resources.ts';
import type { DeepHealth, Health } from '../../lib/api/resource-schemas.ts';
import type { RouteKey } from '../../lib/api/route-table.ts';
import { version } from '../../lib/version.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import type { ApiDeps } from '../compose/api-deps.ts';

const versions = { version, timeZoneData: ZONE_DATA_VERSION };

/** Serves a route. @param caller the API key of the request; on an open route a key without scopes. */
export type Endpoint = (event: APIGatewayProxyEvent, caller: Caller) => Promise<APIGatewayProxyResult>;

/** Makes the endpoint of each route. Its type requires an endpoint for every route of the topology. */
export const makeEndpoints = (deps: ApiDeps): Record<RouteKey, Endpoint> => ({
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
  'GET /api/v1/jobs': async (event) => {
    const { limit, offset, cursor, include, tag } = parseQuery(jobsQuerySchema, event);
    const page = {
      limit,
      offset: offset ?? 0,
      afterId: parseCursor('jobs', cursor) ?? 0,
      tag,
      withBodies: include === 'body',
      maxBytes: apiLimits.pageBytes,
    };
    return listReply(
      'jobs',
      await deps.listJobs(page),
      { limit, offset: offsetShown(offset, cursor) },
      ofJobs,
    );
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
  'GET /api/v1/jobs/{id}/history': async (event) => {
    const id = parseId(event.pathParameters?.['id'], 'job');
    const { limit, offset, cursor, status } = parseQuery(historyQuerySchema, event);
    const page = { limit, offset: offset ?? 0, afterTime: timeOf('history', cursor), status };
    const executions = await deps.listHistory(id, page);
    return listReply('history', executions, { limit, offset: offsetShown(offset, cursor) }, ofExecutions);
  },
  'GET /api/v1/jobs/{id}/upcoming': async (event) => {
    const id = parseId(event.pathParameters?.['id'], 'job');
    const { limit, offset, cursor } = parseQuery(pageQuerySchema, event);
    const page = { limit, offset: offset ?? 0, afterTime: timeOf('upcoming', cursor) };
    const executions = await deps.listUpcoming(id, page);
    return listReply('upcoming', executions, { limit, offset: offsetShown(offset, cursor) }, ofExecutions);
  },
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
  'GET /api/v1/keys': async (event) => {
    const { limit, offset, cursor } = parseQuery(pageQuerySchema, event);
    const page = { limit, offset: offset ?? 0, afterId: parseCursor('keys', cursor) ?? 0 };
    return listReply(
      'keys',
      await deps.listApiKeys(page),
      { limit, offset: offsetShown(offset, cursor) },
      ofKeys,
    );
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
    const page = { items, hasMore: lastId !== null, lastPosition: lastId ?? undefined };
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

const ofJobs = { json: jobJson, position: (job: ListedJob) => job.id };
const ofKeys = {
  json: (apiKey: ApiKey) => JSON.stringify(apiKeyResource(apiKey)),
  position: (apiKey: ApiKey) => apiKey.id,
};
const ofAuditEntries = {
  json: (entry: AuditEntry) => JSON.stringify(auditEntryResource(entry)),
  position: (entry: AuditEntry) => entry.id,
};
const ofExecutions = {
  json: (execution: JobExecution) => JSON.stringify(jobExecutionResource(execution)),
  position: (execution: JobExecution) => execution.executionTime.getTime(),
};

function timeOf(list: 'history' | 'upcoming', cursor: string | undefined): Date | undefined {
  const timeMs = parseCursor(list, cursor);
  return timeMs === undefined ? undefined : new Date(timeMs);
}

/** Returns the offset of a page; undefined if it was requested by a cursor, because its offset is then unknown. */
function offsetShown(offset: number | undefined, cursor: string | undefined): number | undefined {
  return cursor === undefined ? (offset ?? 0) : undefined;
}

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
