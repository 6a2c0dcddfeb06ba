import type { APIGatewayProxyEvent } from 'aws-lambda';
import { byOf } from '../../lib/api/by.ts';
import { executionPosition, parseCursor, parseExecutionCursor } from '../../lib/api/cursor.ts';
import {
  failedJobResource,
  failureDetailsResource,
  failureGroupResource,
  failuresQuerySchema,
  parseIgnore,
  toSince,
} from '../../lib/api/failure-schemas.ts';
import { readJson, readOptionalJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { listReply, nextAfter } from '../../lib/api/list-reply.ts';
import { operationResource } from '../../lib/api/operation-schemas.ts';
import { parseRedrive } from '../../lib/api/redrive-schemas.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { cursorPageSchema, noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { jsonReply, replyToReader } from '../../lib/api/reply.ts';
import type { FailedJob, FailureGroup, FailureMark } from '../../lib/domain/failure-group.ts';
import type { Operation } from '../../lib/domain/operation.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';

type FailureRoute =
  | 'GET /api/v1/failures'
  | 'GET /api/v1/failures/{id}'
  | 'GET /api/v1/failures/{id}/jobs'
  | 'POST /api/v1/failures/{id}/redrive'
  | 'POST /api/v1/failures/{id}/ignore'
  | 'POST /api/v1/failures/{id}/resolve'
  | 'POST /api/v1/failures/{id}/reopen';

/** Makes the endpoints of failures that are grouped by cause. */
export const makeFailureEndpoints = (
  deps: Pick<ApiDeps, 'listFailures' | 'getFailure' | 'listFailedJobs' | 'markFailure' | 'operations'>,
): Record<FailureRoute, Endpoint> => ({
  'GET /api/v1/failures': async (event) => {
    const { limit, cursor, ...given } = parseQuery(failuresQuerySchema, event);
    const position = parseExecutionCursor('failures', cursor);
    const after = position && { lastFailedAt: new Date(position.timeUs / 1_000), id: position.id };
    const groups = await deps.listFailures({
      limit,
      after,
      since: toSince(given),
      state: given.state,
    });
    const next = nextAfter(groups, ofFailures.position);
    return listReply('failures', { items: groups.items, next }, { limit, offset: undefined }, ofFailures);
  },
  'GET /api/v1/failures/{id}': async (event) => {
    parseQuery(noQuerySchema, event);
    return jsonReply(200, failureDetailsResource(await deps.getFailure(groupOf(event))));
  },
  'GET /api/v1/failures/{id}/jobs': async (event) => {
    const { limit, cursor } = parseQuery(cursorPageSchema, event);
    const afterId = parseCursor('failedJobs', cursor) ?? 0;
    const jobs = await deps.listFailedJobs(groupOf(event), { limit, afterId });
    const next = nextAfter(jobs, ofJobs.position);
    return listReply('failedJobs', { items: jobs.items, next }, { limit, offset: undefined }, ofJobs);
  },
  'POST /api/v1/failures/{id}/redrive': async (event, caller, keep) => {
    parseQuery(noQuerySchema, event);
    const { dryRun, ...given } = parseRedrive(readOptionalJson(event, apiLimits.jobBodyBytes));
    const asked = { failureGroupId: groupOf(event), ...given };
    if (dryRun) return jsonReply(200, { matched: await deps.operations.dryRunRedrive(asked) });
    return startedReply(await deps.operations.startRedrive(asked, byOf(event, caller), keep(startedReply)));
  },
  'POST /api/v1/failures/{id}/ignore': mark(deps, (event) => ({
    state: 'IGNORED',
    until: parseIgnore(readJson(event, apiLimits.jobBodyBytes)),
  })),
  'POST /api/v1/failures/{id}/resolve': mark(deps, () => ({ state: 'RESOLVED' })),
  'POST /api/v1/failures/{id}/reopen': mark(deps, () => ({ state: 'OPEN' })),
});

/** Marks a group of failures. */
const mark =
  (deps: Pick<ApiDeps, 'markFailure'>, parse: (event: APIGatewayProxyEvent) => FailureMark): Endpoint =>
  async (event, caller, keep) => {
    parseQuery(noQuerySchema, event);
    const answer = (group: FailureGroup) =>
      replyToReader(caller, () => jsonReply(200, failureGroupResource(group)));
    const by = byOf(event, caller);
    return answer(await deps.markFailure(groupOf(event), parse(event), { by }, keep(answer)));
  };

const groupOf = (event: APIGatewayProxyEvent): number =>
  parseId(event.pathParameters?.['id'], 'failure group');

const startedReply = (operation: Operation) => jsonReply(202, operationResource(operation));
const ofJobs = {
  json: (job: FailedJob) => JSON.stringify(failedJobResource(job)),
  position: ({ jobId }: FailedJob) => String(jobId),
};
const ofFailures = {
  json: (group: FailureGroup) => JSON.stringify(failureGroupResource(group)),
  position: ({ lastFailedAt, id }: FailureGroup) =>
    executionPosition({ timeUs: lastFailedAt.getTime() * 1_000, id }),
};
