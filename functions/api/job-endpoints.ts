import type { APIGatewayProxyEvent } from 'aws-lambda';
import { byOf } from '../../lib/api/by.ts';
import { parseExecutionCursor, parseUpcomingCursor, upcomingPosition } from '../../lib/api/cursor.ts';
import { parseRun } from '../../lib/api/execution-requests.ts';
import { changedJobReply, jobReply } from '../../lib/api/job-reply.ts';
import { jobStatsQuerySchema, jobStatsResource } from '../../lib/api/job-stats.ts';
import { readJson, readOptionalJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { listReply, nextAfter } from '../../lib/api/list-reply.ts';
import { parseJobChanges } from '../../lib/api/parse-job.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { parseIfMatch } from '../../lib/api/preconditions.ts';
import { historyQuerySchema, noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { emptyReply, jsonReply } from '../../lib/api/reply.ts';
import { jobScheduleResource } from '../../lib/api/resources.ts';
import type { RouteById } from '../../lib/api/route-table.ts';
import { jobUpcomingQuerySchema, toJobUntil } from '../../lib/api/upcoming-query.ts';
import type { Job } from '../../lib/domain/job.ts';
import { DEFAULT_JOB_SPAN, rangeOfSpan } from '../../lib/domain/job-stats.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';
import { createdExecution } from './execution-endpoints.ts';
import { offsetShown, ofExecutions, ofUpcoming } from './listed.ts';

/** Makes the endpoints of one job, by its id. */
export const makeJobEndpoints = (deps: ApiDeps): Record<RouteById, Endpoint> => ({
  'GET /api/v1/jobs/{id}': async (event) => jobReply(200, await deps.getJob(idOf(event))),
  'PATCH /api/v1/jobs/{id}': async (event, caller) => {
    const id = idOf(event);
    const { changes, readBack } = parseJobChanges(readJson(event, apiLimits.jobBodyBytes), deps.outgoing);
    const options = { readBack, by: byOf(event, caller), ifMatch: parseIfMatch(event) };
    return changedJobReply(await deps.changeJob(id, changes, options), caller);
  },
  'DELETE /api/v1/jobs/{id}': async (event, caller) => {
    await deps.deleteJob(idOf(event), { by: byOf(event, caller), ifMatch: parseIfMatch(event) });
    return emptyReply();
  },
  'POST /api/v1/jobs/{id}/run': async (event, caller, keep) => {
    const id = idOf(event);
    const options = parseRun(readOptionalJson(event, apiLimits.jobBodyBytes));
    const by = byOf(event, caller);
    return createdExecution(await deps.runJob(id, { ...options, by }, keep(createdExecution)));
  },
  'POST /api/v1/jobs/{id}/pause': switchJob(deps, { isActive: false }),
  'POST /api/v1/jobs/{id}/resume': switchJob(deps, { isActive: true }),
  'GET /api/v1/jobs/{id}/schedule': async (event) =>
    jsonReply(200, jobScheduleResource(await deps.getSchedule(idOf(event)))),
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
    const range = rangeOfSpan(span, deps.clock.nowMs());
    return jsonReply(200, jobStatsResource(await deps.readJobStats(id, range), { span, ...range }));
  },
  'GET /api/v1/jobs/{id}/upcoming': async (event) => {
    const id = parseId(event.pathParameters?.['id'], 'job');
    const { limit, offset, cursor, until } = parseQuery(jobUpcomingQuerySchema, event);
    const { items, next } = await deps.listJobUpcoming(id, {
      limit,
      offset: offset ?? 0,
      after: parseUpcomingCursor('upcoming', cursor),
      until: toJobUntil({ until, cursor }, deps.clock.nowMs()),
    });
    const page = { limit, offset: offsetShown(offset, cursor) };
    return listReply('upcoming', { items, next: next && upcomingPosition(next) }, page, ofUpcoming);
  },
});

/** Returns the job's id on a route without query parameters. */
function idOf(event: APIGatewayProxyEvent): number {
  parseQuery(noQuerySchema, event);
  return parseId(event.pathParameters?.['id'], 'job');
}

/** Pauses or resumes a job, as a PATCH of `isActive` does. */
const switchJob =
  (deps: ApiDeps, changes: { isActive: boolean }): Endpoint =>
  async (event, caller, keep) => {
    const answer = (job: Job) => changedJobReply(job, caller);
    const options = { by: byOf(event, caller), ifMatch: parseIfMatch(event), keepAnswer: keep(answer) };
    return answer(await deps.changeJob(idOf(event), changes, options));
  };
