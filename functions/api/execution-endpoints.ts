import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { executionDetailsResource, explanationResource } from '../../lib/api/execution-resources.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { jsonReply } from '../../lib/api/reply.ts';
import type { ApiDeps } from '../compose/api-deps.ts';

type ExecutionRoute = 'GET /api/v1/executions/{id}' | 'GET /api/v1/executions/{id}/explain';
type ExecutionEndpoint = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** Makes the endpoints that show one execution. */
export const makeExecutionEndpoints = (
  deps: Pick<ApiDeps, 'getExecution' | 'explainExecution'>,
): Record<ExecutionRoute, ExecutionEndpoint> => ({
  'GET /api/v1/executions/{id}': async (event) =>
    jsonReply(200, executionDetailsResource(await deps.getExecution(idOf(event)))),
  'GET /api/v1/executions/{id}/explain': async (event) => {
    const id = idOf(event);
    return jsonReply(200, explanationResource(id, await deps.explainExecution(id)));
  },
});

function idOf(event: APIGatewayProxyEvent): number {
  parseQuery(noQuerySchema, event);
  return parseId(event.pathParameters?.['id'], 'execution');
}
