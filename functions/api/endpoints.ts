import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { limits } from '../../lib/domain/job.ts';
import { readJson } from '../../lib/http/json-body.ts';
import { openApiJson } from '../../lib/http/openapi.ts';
import { parseNewApiKey } from '../../lib/http/parse-api-key.ts';
import { parseJobChanges, parseNewJob, parseNewJobs } from '../../lib/http/parse-job.ts';
import { parseId } from '../../lib/http/path-id.ts';
import { historyQuerySchema, noQuerySchema, pageQuerySchema, parseQuery } from '../../lib/http/query.ts';
import { emptyReply, jsonReply } from '../../lib/http/reply.ts';
import {
  apiKeyResource,
  jobExecutionResource,
  jobResource,
  jobScheduleResource,
} from '../../lib/http/resources.ts';
import type { DeepHealth, Health } from '../../lib/http/resource-schemas.ts';
import type { RouteKey } from '../../lib/http/route-table.ts';
import { version } from '../../lib/version.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import type { ApiDeps } from './api-deps.ts';

const versions = { version, timeZoneData: ZONE_DATA_VERSION };

export type Endpoint = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** What each route does. The type makes a route of the topology that is not served an error. */
export const makeEndpoints = (deps: ApiDeps): Record<RouteKey, Endpoint> => ({
  'POST /api/v1/jobs': async (event) => {
    parseQuery(noQuerySchema, event);
    const job = await deps.createJob(parseNewJob(readJson(event, limits.bodyBytes), deps.outgoing));
    return jsonReply(201, jobResource(job), { location: locationOf(event, job.id) });
  },
  'POST /api/v1/jobs/batch': async (event) => {
    parseQuery(noQuerySchema, event);
    const jobs = await deps.createJobs(parseNewJobs(readJson(event, limits.batchBodyBytes), deps.outgoing));
    return jsonReply(201, { items: jobs.map(jobResource) });
  },
  'GET /api/v1/jobs': async (event) => {
    const page = parseQuery(pageQuerySchema, event);
    const { items, total } = await deps.listJobs(page);
    return jsonReply(200, { items: items.map(jobResource), total, ...page });
  },
  'GET /api/v1/jobs/{id}': async (event) => jsonReply(200, jobResource(await deps.getJob(idOf(event)))),
  'PATCH /api/v1/jobs/{id}': async (event) => {
    const id = idOf(event);
    const changes = parseJobChanges(readJson(event, limits.bodyBytes), deps.outgoing);
    return jsonReply(200, jobResource(await deps.changeJob(id, changes)));
  },
  'DELETE /api/v1/jobs/{id}': async (event) => {
    await deps.deleteJob(idOf(event));
    return emptyReply();
  },
  'GET /api/v1/jobs/{id}/schedule': async (event) =>
    jsonReply(200, jobScheduleResource(await deps.getSchedule(idOf(event)))),
  'GET /api/v1/jobs/{id}/history': async (event) => {
    const id = parseId(event.pathParameters?.['id'], 'job');
    const { limit, offset, ...filter } = parseQuery(historyQuerySchema, event);
    const { items, total } = await deps.listExecutions(id, { limit, offset, ...filter });
    return jsonReply(200, { items: items.map(jobExecutionResource), total, limit, offset });
  },
  'GET /queue/stats': async (event) => {
    parseQuery(noQuerySchema, event);
    return jsonReply(200, { queue_stats: await deps.queueStats() });
  },
  'POST /api/v1/keys': async (event) => {
    parseQuery(noQuerySchema, event);
    const { key, ...apiKey } = await deps.createApiKey(parseNewApiKey(readJson(event, limits.keyBodyBytes)));
    return jsonReply(201, { ...apiKeyResource(apiKey), key });
  },
  'GET /api/v1/keys': async (event) => {
    const page = parseQuery(pageQuerySchema, event);
    const { items, total } = await deps.listApiKeys(page);
    return jsonReply(200, { items: items.map(apiKeyResource), total, ...page });
  },
  'DELETE /api/v1/keys/{id}': async (event) => {
    parseQuery(noQuerySchema, event);
    await deps.revokeApiKey(parseId(event.pathParameters?.['id'], 'key'));
    return emptyReply();
  },
  'GET /health/deep': async (event) => {
    parseQuery(noQuerySchema, event);
    const health: DeepHealth = { ...(await deps.checkHealth()), ...versions };
    return jsonReply(health.status === 'ok' ? 200 : 503, health);
  },
  // The two open ones are lenient about parameters: probes and caches add their own.
  'GET /health': async () => jsonReply(200, { status: 'ok', ...versions } satisfies Health),
  'GET /openapi.json': async () => ({
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: openApiJson(),
  }),
});

/** The job's id, of a route that takes no query parameters. */
function idOf(event: APIGatewayProxyEvent): number {
  parseQuery(noQuerySchema, event);
  return parseId(event.pathParameters?.['id'], 'job');
}

// The context's path has the stage in front (`/prod/api/…`), the event's has not.
function locationOf({ requestContext, path }: APIGatewayProxyEvent, id: number): string {
  return `${(requestContext.path || path).replace(/\/$/, '')}/${id}`;
}
