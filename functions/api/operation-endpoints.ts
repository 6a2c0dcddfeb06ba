import { byOf } from '../../lib/api/by.ts';
import { parseCursor } from '../../lib/api/cursor.ts';
import { readJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { listReply, nextAfter } from '../../lib/api/list-reply.ts';
import { dryRunResource, operationResource, parseNewOperation } from '../../lib/api/operation-schemas.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { cursorPageSchema, noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { jsonReply, replyToReader } from '../../lib/api/reply.ts';
import type { Operation } from '../../lib/domain/operation.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';

type OperationRoute =
  | 'POST /api/v1/operations'
  | 'GET /api/v1/operations'
  | 'GET /api/v1/operations/{id}'
  | 'POST /api/v1/operations/{id}/abort';

/** Makes the endpoints of bulk operations. */
export const makeOperationEndpoints = ({ operations }: ApiDeps): Record<OperationRoute, Endpoint> => ({
  'POST /api/v1/operations': async (event, caller, keep) => {
    parseQuery(noQuerySchema, event);
    const { isDryRun, ...asked } = parseNewOperation(readJson(event, apiLimits.jobBodyBytes));
    if (isDryRun) {
      const { spread, ...dryRun } = await operations.dryRun(asked);
      // The sample of a spread shows schedules of jobs.
      const isShown = spread !== undefined && caller.scopes.includes('read');
      return jsonReply(200, dryRunResource({ ...dryRun, ...(isShown && { spread }) }));
    }
    return startedReply(await operations.start(asked, byOf(event, caller), keep(startedReply)));
  },
  'GET /api/v1/operations': async (event) => {
    const { limit, cursor } = parseQuery(cursorPageSchema, event);
    const found = await operations.list({ limit: limit + 1, beforeId: parseCursor('operations', cursor) });
    const page = { items: found.slice(0, limit), hasMore: found.length > limit };
    const next = nextAfter(page, ofOperations.position);
    return listReply('operations', { items: page.items, next }, { limit, offset: undefined }, ofOperations);
  },
  'GET /api/v1/operations/{id}': async (event) => {
    parseQuery(noQuerySchema, event);
    const id = parseId(event.pathParameters?.['id'], 'operation');
    return operationReply(await operations.get(id));
  },
  'POST /api/v1/operations/{id}/abort': async (event, caller, keep) => {
    parseQuery(noQuerySchema, event);
    const id = parseId(event.pathParameters?.['id'], 'operation');
    const answer = (operation: Operation) => replyToReader(caller, () => operationReply(operation));
    return answer(await operations.abort(id, byOf(event, caller), keep(answer)));
  },
});

const operationReply = (operation: Operation) => jsonReply(200, operationResource(operation));
const startedReply = (operation: Operation) => jsonReply(202, operationResource(operation));
const ofOperations = {
  json: (operation: Operation) => JSON.stringify(operationResource(operation)),
  position: (operation: Operation) => String(operation.id),
};
