import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { executionDetailsResource, explanationResource } from '../../lib/api/execution-resources.ts';
import { parseRetry } from '../../lib/api/execution-requests.ts';
import { byOf } from '../../lib/api/by.ts';
import { readOptionalJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { cancelledExecutionResource, jobExecutionResource } from '../../lib/api/resources.ts';
import type { JobExecution } from '../../lib/domain/execution.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { jsonReply, replyToReader } from '../../lib/api/reply.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';

type ExecutionRoute =
  | 'GET /api/v1/executions/{id}'
  | 'GET /api/v1/executions/{id}/explain'
  | 'POST /api/v1/executions/{id}/retry'
  | 'POST /api/v1/executions/{id}/cancel';

/** Makes the endpoints of one execution. */
export const makeExecutionEndpoints = (
  deps: Pick<ApiDeps, 'getExecution' | 'explainExecution' | 'retryExecution' | 'cancelExecution'>,
): Record<ExecutionRoute, Endpoint> => ({
  'GET /api/v1/executions/{id}': async (event) =>
    jsonReply(200, executionDetailsResource(await deps.getExecution(idOf(event)))),
  'GET /api/v1/executions/{id}/explain': async (event) => {
    const id = idOf(event);
    return jsonReply(200, explanationResource(id, await deps.explainExecution(id)));
  },
  'POST /api/v1/executions/{id}/retry': async (event, caller, keep) => {
    const id = idOf(event);
    const options = parseRetry(readOptionalJson(event, apiLimits.jobBodyBytes));
    const by = byOf(event, caller);
    return createdExecution(await deps.retryExecution(id, { ...options, by }, keep(createdExecution)));
  },
  'POST /api/v1/executions/{id}/cancel': async (event, caller, keep) => {
    const answer = (execution: JobExecution) =>
      replyToReader(caller, () => {
        const statusCode = execution.status === 'RUNNING' ? 202 : 200;
        return jsonReply(statusCode, cancelledExecutionResource(execution));
      });
    const by = byOf(event, caller);
    return answer(await deps.cancelExecution(idOf(event), { by }, keep(answer)));
  },
});

/** Makes the answer with a new execution. */
export const createdExecution = (execution: JobExecution): APIGatewayProxyResult =>
  jsonReply(201, jobExecutionResource(execution));

function idOf(event: APIGatewayProxyEvent): number {
  parseQuery(noQuerySchema, event);
  return parseId(event.pathParameters?.['id'], 'execution');
}
