import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { ApiKey } from '../../lib/domain/api-key.ts';
import type { ListedJob } from '../../lib/domain/job.ts';
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
import { failingJobsReply, failingQuerySchema } from '../../lib/api/failing-jobs.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { jobSummariesResource, summariesQuerySchema, toIds } from '../../lib/api/job-summaries.ts';
import { jsonReply } from '../../lib/api/reply.ts';
import { listReply, nextAfter } from '../../lib/api/list-reply.ts';
import { toJobFilter } from '../../lib/api/job-filter-schema.ts';
import { toUntil, upcomingQuerySchema } from '../../lib/api/upcoming-query.ts';
import { jobsQuerySchema, pageQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { apiKeyResource, jobJson } from '../../lib/api/resources.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import { offsetShown, ofExecutions, ofUpcoming } from './listed.ts';

type ListRoute =
  | 'GET /api/v1/jobs'
  | 'GET /api/v1/jobs/summaries'
  | 'GET /api/v1/jobs/failing'
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
  'GET /api/v1/jobs/failing': async (event) => {
    const { limit } = parseQuery(failingQuerySchema, event);
    return failingJobsReply(await deps.listFailingJobs({ limit, maxBytes: apiLimits.pageBytes }));
  },
  'GET /api/v1/upcoming': async (event) => {
    const { limit, cursor, until } = parseQuery(upcomingQuerySchema, event);
    const after = parseUpcomingCursor('allUpcoming', cursor);
    const asked = { limit, after, until: toUntil({ until, cursor }, deps.clock.nowMs()) };
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
