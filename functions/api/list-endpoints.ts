import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { ApiKey } from '../../lib/domain/api-key.ts';
import type { ListedJob } from '../../lib/domain/job.ts';
import type { PlacedUpcoming } from '../../lib/domain/upcoming.ts';
import type { PlacedExecution } from '../../lib/db/execution-history.ts';
import {
  executionPosition,
  parseCursor,
  jobPosition,
  listOfJobs,
  parseExecutionCursor,
  parseJobsCursor,
  parseUpcomingCursor,
  upcomingPosition,
} from '../../lib/api/cursor.ts';
import { executionsQuerySchema, toExecutionFilter } from '../../lib/api/executions-query.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { jobStatsQuerySchema, jobStatsResource } from '../../lib/api/job-stats.ts';
import { DEFAULT_JOB_SPAN, jobSpans } from '../../lib/domain/job-stats.ts';
import { jobSummariesResource, summariesQuerySchema, toIds } from '../../lib/api/job-summaries.ts';
import { jsonReply } from '../../lib/api/reply.ts';
import { listReply, nextAfter } from '../../lib/api/list-reply.ts';
import { toJobFilter } from '../../lib/api/job-filter-schema.ts';
import {
  jobUpcomingQuerySchema,
  toJobUntil,
  toUntil,
  upcomingQuerySchema,
} from '../../lib/api/upcoming-query.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { historyQuerySchema, jobsQuerySchema, pageQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { apiKeyResource, jobExecutionResource, jobJson, upcomingResource } from '../../lib/api/resources.ts';
import type { ApiDeps } from '../compose/api-deps.ts';

type ListRoute =
  | 'GET /api/v1/jobs'
  | 'GET /api/v1/jobs/summaries'
  | 'GET /api/v1/jobs/{id}/history'
  | 'GET /api/v1/jobs/{id}/stats'
  | 'GET /api/v1/jobs/{id}/upcoming'
  | 'GET /api/v1/executions'
  | 'GET /api/v1/upcoming'
  | 'GET /api/v1/keys';
type ListEndpoint = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** Makes the endpoints of the lists. */
export const makeListEndpoints = (deps: ApiDeps): Record<ListRoute, ListEndpoint> => ({
  'GET /api/v1/jobs': async (event) => {
    const given = parseQuery(jobsQuerySchema, event);
    const { limit, offset, cursor, count, include, sort = 'createdAt', ...filter } = given;
    const { items, next, placeOf, total } = await deps.listJobs(toJobFilter(filter), {
      ...parseJobsCursor(sort, cursor),
      limit,
      offset: offset ?? 0,
      withTotal: count === 'true',
      withBodies: include === 'body',
      maxBytes: apiLimits.pageBytes,
    });
    const listed = { items, total, next: next === undefined ? undefined : jobPosition(next) };
    const ofJobs = { json: jobJson, position: (job: ListedJob) => jobPosition(placeOf(job)) };
    return listReply(listOfJobs[sort], listed, { limit, offset: offsetShown(offset, cursor) }, ofJobs);
  },
  'GET /api/v1/jobs/summaries': async (event) => {
    const { ids, runs } = parseQuery(summariesQuerySchema, event);
    return jsonReply(200, jobSummariesResource(await deps.summarizeJobs(toIds(ids), { runs })));
  },
  'GET /api/v1/jobs/{id}/history': async (event) => {
    const id = parseId(event.pathParameters?.['id'], 'job');
    const { limit, offset, cursor, count, status } = parseQuery(historyQuerySchema, event);
    const { items, hasMore, total } = await deps.listHistory(id, {
      limit,
      offset: offset ?? 0,
      afterUs: parseExecutionCursor('history', cursor)?.timeUs,
      withTotal: count === 'true',
      status,
    });
    const next = nextAfter({ items, hasMore }, ofExecutions.position);
    const page = { limit, offset: offsetShown(offset, cursor) };
    return listReply('history', { items, total, next }, page, ofExecutions);
  },
  'GET /api/v1/jobs/{id}/stats': async (event) => {
    const id = parseId(event.pathParameters?.['id'], 'job');
    const { span = DEFAULT_JOB_SPAN } = parseQuery(jobStatsQuerySchema, event);
    const until = new Date(deps.clock.nowMs());
    const from = new Date(until.getTime() - jobSpans[span] * 3_600_000);
    return jsonReply(
      200,
      jobStatsResource(await deps.readJobStats(id, { from, until }), { span, from, until }),
    );
  },
  'GET /api/v1/jobs/{id}/upcoming': async (event) => {
    const id = parseId(event.pathParameters?.['id'], 'job');
    const { limit, offset, cursor, until } = parseQuery(jobUpcomingQuerySchema, event);
    const { items, next } = await deps.listJobUpcoming(id, {
      limit,
      offset: offset ?? 0,
      after: parseUpcomingCursor('upcoming', cursor),
      until: toJobUntil(until, deps.clock.nowMs()),
    });
    const page = { limit, offset: offsetShown(offset, cursor) };
    return listReply('upcoming', { items, next: next && upcomingPosition(next) }, page, ofUpcoming);
  },
  'GET /api/v1/upcoming': async (event) => {
    const { limit, cursor, until } = parseQuery(upcomingQuerySchema, event);
    const after = parseUpcomingCursor('allUpcoming', cursor);
    const asked = { limit, after, until: toUntil(until, deps.clock.nowMs()) };
    const { items, next, isCapped } = await deps.listAllUpcoming(asked);
    const listed = { items, next: next && upcomingPosition(next), also: { isCapped } };
    return listReply('allUpcoming', listed, { limit, offset: undefined }, ofUpcoming);
  },
  'GET /api/v1/executions': async (event) => {
    const { limit, cursor, ...given } = parseQuery(executionsQuerySchema, event);
    const after = parseExecutionCursor('executions', cursor);
    const { items, next } = await deps.listExecutions(toExecutionFilter(given), { limit, after });
    const page = { limit, offset: undefined };
    return listReply('executions', { items, next: next && executionPosition(next) }, page, ofExecutions);
  },
  'GET /api/v1/keys': async (event) => {
    const { limit, offset, cursor, count } = parseQuery(pageQuerySchema, event);
    const { items, hasMore, total } = await deps.listApiKeys({
      limit,
      offset: offset ?? 0,
      afterId: parseCursor('keys', cursor) ?? 0,
      withTotal: count === 'true',
    });
    const next = nextAfter({ items, hasMore }, ofKeys.position);
    return listReply('keys', { items, total, next }, { limit, offset: offsetShown(offset, cursor) }, ofKeys);
  },
});

const ofKeys = {
  json: (apiKey: ApiKey) => JSON.stringify(apiKeyResource(apiKey)),
  position: (apiKey: ApiKey) => String(apiKey.id),
};
const ofUpcoming = {
  json: ({ item }: PlacedUpcoming) => JSON.stringify(upcomingResource(item)),
  position: ({ place }: PlacedUpcoming) => upcomingPosition(place),
};
const ofExecutions = {
  json: (execution: PlacedExecution) => JSON.stringify(jobExecutionResource(execution)),
  position: executionPosition,
};

/** Returns the offset of a page; undefined if it was requested by a cursor, because its offset is then unknown. */
function offsetShown(offset: number | undefined, cursor: string | undefined): number | undefined {
  return cursor === undefined ? (offset ?? 0) : undefined;
}
