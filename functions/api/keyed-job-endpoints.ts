import type { APIGatewayProxyEvent } from 'aws-lambda';
import { byOf } from '../../lib/api/by.ts';
import { jobReply } from '../../lib/api/job-reply.ts';
import { readJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { parseReplacement } from '../../lib/api/parse-job.ts';
import { parseKey } from '../../lib/api/path-key.ts';
import { parseIfMatch, parseIfNoneMatch } from '../../lib/api/preconditions.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { emptyReply } from '../../lib/api/reply.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';

type KeyedJobRoute = `${'PUT' | 'GET' | 'DELETE'} /api/v1/jobs/by-key/{key}`;

/** Makes the endpoints of jobs by their keys. */
export const makeKeyedJobEndpoints = (deps: ApiDeps): Record<KeyedJobRoute, Endpoint> => ({
  'PUT /api/v1/jobs/by-key/{key}': async (event, caller) => {
    const key = keyOf(event);
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
  'GET /api/v1/jobs/by-key/{key}': async (event) => jobReply(200, await deps.getJobByKey(keyOf(event))),
  'DELETE /api/v1/jobs/by-key/{key}': async (event, caller) => {
    const options = { by: byOf(event, caller), ifMatch: parseIfMatch(event) };
    await deps.deleteJobByKey(keyOf(event), options);
    return emptyReply();
  },
});

function keyOf(event: APIGatewayProxyEvent): string {
  parseQuery(noQuerySchema, event);
  return parseKey(event.path);
}

/** Returns the path of the job by its id, below the stage in which it was created. */
function locationOf({ requestContext, path }: APIGatewayProxyEvent, id: number): string {
  const full = requestContext.path || path;
  return `${full.slice(0, full.indexOf('/by-key/'))}/${id}`;
}
