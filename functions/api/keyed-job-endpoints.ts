import type { APIGatewayProxyEvent } from 'aws-lambda';
import { byOf } from '../../lib/api/by.ts';
import { jobReply } from '../../lib/api/job-reply.ts';
import { readJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { parseReplacement } from '../../lib/api/parse-job.ts';
import { parseKey } from '../../lib/api/path-key.ts';
import { parseIfMatch, parseIfNoneMatch } from '../../lib/api/preconditions.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { forRoutesByKey, type RouteById, type RouteByKey } from '../../lib/api/route-table.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';

/**
 * Makes the endpoints of a job by its key: each route by id does the same by key, and a PUT creates or replaces the job.
 *
 * @param byId the endpoints of the routes by id.
 */
export const makeKeyedJobEndpoints = (
  deps: ApiDeps,
  byId: Record<RouteById, Endpoint>,
): Record<RouteByKey | 'PUT /api/v1/jobs/by-key/{key}', Endpoint> => ({
  ...forRoutesByKey<Endpoint>(byId, (endpoint) => async (event, caller, keep) => {
    const id = await deps.getJobId(parseKey(event.path));
    const pathParameters = { ...event.pathParameters, id: String(id) };
    return endpoint({ ...event, pathParameters }, caller, keep);
  }),
  'PUT /api/v1/jobs/by-key/{key}': async (event, caller) => {
    parseQuery(noQuerySchema, event);
    const key = parseKey(event.path);
    const { job: described, readBack } = parseReplacement(
      readJson(event, apiLimits.jobBodyBytes),
      deps.outgoing,
      key,
    );
    const { job, isNew } = await deps.putJob(key, described, {
      readBack,
      ifMatch: parseIfMatch(event),
      ifNoneMatch: parseIfNoneMatch(event),
      by: byOf(event, caller),
    });
    // The caller has described every field, so the reply tells them nothing that a key without the scope `read` must not see.
    return isNew ? jobReply(201, job, { location: locationOf(event, job.id) }) : jobReply(200, job);
  },
});

/** Returns the path of the job by its id, below the stage in which it was created. */
function locationOf({ requestContext, path }: APIGatewayProxyEvent, id: number): string {
  const full = requestContext.path || path;
  return `${full.slice(0, full.indexOf('/by-key/'))}/${id}`;
}
