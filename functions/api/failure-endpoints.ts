import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { executionPosition, parseExecutionCursor } from '../../lib/api/cursor.ts';
import { failureGroupResource, failuresQuerySchema, toSince } from '../../lib/api/failure-schemas.ts';
import { listReply, nextAfter } from '../../lib/api/list-reply.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { jsonReply } from '../../lib/api/reply.ts';
import type { FailureGroup } from '../../lib/domain/failure-group.ts';
import type { ApiDeps } from '../compose/api-deps.ts';

type FailureRoute = 'GET /api/v1/failures' | 'GET /api/v1/failures/{id}';
type FailureEndpoint = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** Makes the endpoints of failures that are grouped by cause. */
export const makeFailureEndpoints = (
  deps: Pick<ApiDeps, 'listFailures' | 'getFailure'>,
): Record<FailureRoute, FailureEndpoint> => ({
  'GET /api/v1/failures': async (event) => {
    const { limit, cursor, ...given } = parseQuery(failuresQuerySchema, event);
    const position = parseExecutionCursor('failures', cursor);
    const after = position && { lastFailedAt: new Date(position.timeUs / 1_000), id: position.id };
    const groups = await deps.listFailures({ limit, after, since: toSince(given) });
    const next = nextAfter(groups, ofFailures.position);
    return listReply('failures', { items: groups.items, next }, { limit, offset: undefined }, ofFailures);
  },
  'GET /api/v1/failures/{id}': async (event) => {
    parseQuery(noQuerySchema, event);
    const id = parseId(event.pathParameters?.['id'], 'failure group');
    return jsonReply(200, failureGroupResource(await deps.getFailure(id)));
  },
});

const ofFailures = {
  json: (group: FailureGroup) => JSON.stringify(failureGroupResource(group)),
  position: ({ lastFailedAt, id }: FailureGroup) =>
    executionPosition({ timeUs: lastFailedAt.getTime() * 1_000, id }),
};
